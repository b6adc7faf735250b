"""Modules whose Services stand in a row: nothing happens to any of them, and none is in another's way.

A lab has all Services of a row behind one barrier, for the claims of all its modules; every other module is alone.
A row is short, because rules of many Services cannot be written at once (docs/findings.md, 2).
"""

from pathlib import PurePath

_ROWS = (
    (
        "test_side_by_side_outside",
        "test_side_by_side_inside",
        "test_load_balancer_unserved",
        "test_left_to_the_balancer",
        "test_node_port_unserved",
    ),
    (
        "test_cluster_ip",
        "test_cluster_ip_unserved",
        "test_external_traffic_policy",
        "test_internal_traffic_policy",
        "test_load_balancer",
        "test_node_port",
        "test_source_ranges",
        "test_udp",
    ),
    (
        "test_addresses_of_a_node",
        "test_no_endpoints",
        "test_no_endpoints_balanced",
        "test_no_endpoints_guarded",
        "test_not_for_kube_proxy",
        "test_topology",
    ),
    ("test_affinity_doors", "test_affinity_of_many", "test_affinity_spread"),
    (
        "test_api_refusals",
        "test_pod_network",
        "test_pod_network_arp",
        "test_pod_network_outside",
        "test_pod_network_sources",
        "test_pod_network_way",
    ),
)

_ROW_OF = {module: row[0] for row in _ROWS for module in row}


def row_of(module: PurePath) -> str:
    """The row of a module's file, called after the row's first module; its own name where it is alone."""
    return _ROW_OF.get(module.stem, module.stem)
