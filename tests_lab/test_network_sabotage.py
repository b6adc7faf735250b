"""The pod network broken in a live lab: its own claims notice, by name."""

import json

from tests_lab.commanded import Commanded

NOTICED = {
    "the route from worker-a to the pods of worker-b is gone": "net-pod.",
    "the route from worker-a to the pods of worker-b has an MTU of 1400": "net-mtu.",
    "worker-a takes the pods of worker-b for neighbours, and worker-b answers for them": "net-arp.",
    "between worker-a and worker-b packets of 1400 bytes pass in one piece": "net-mtu.",
    "the pods of worker-a have the MTU of the network between nodes": "net-mtu.",
    "worker-a does not know where the tunnel of worker-b is": "net-pod.",
    "worker-a takes worker-c for the tunnel of worker-b": "net-pod.",
    "the tunnel of worker-a has the address of that of worker-c": "net-node.",
    "the tunnel of worker-a has another address of its own pods' network": "net-node.",
    "the tunnel of worker-a has another MAC than its peers know": "net-pod.",
    "the tunnel of worker-a sends from its secondary address": "net-way.",
    "worker-a takes no packet of pod-a1": "net-pod.tcp_on_one_node",
    "worker-a takes no packet of pod-a2": "net-node.pod_to_its_own_node",
    "worker-b takes no packet of pod-b1": "net-pod.udp_across_nodes",
    "worker-c takes no packet of pod-c1": "net-pod.ping_across_nodes",
    "natOutgoing is gone from worker-a": "net-nat.",
    "natOutgoing is gone from worker-b": "net-nat.",
    "rp_filter is off on the links of worker-a": "net-spoof.",
    "worker-b does not answer for the gateway of pod-b1": "net-pod.",
}


def test_claims_of_the_network_notice_what_is_broken_of_it(svcproof: Commanded) -> None:
    """Route, tunnel, natOutgoing, rp_filter and proxy ARP of Calico's data path: each has a claim that differs."""
    order = ("--encapsulation", "vxlan", "--kind", "pod-network", "--full")
    finished = svcproof("sabotage", "nftables-calico", *order)
    assert finished.returncode == 0, finished.stderr
    [written] = svcproof.home.glob("runs/*/sabotage.json")
    faults = json.loads(written.read_text())["faults"]
    assert {fault["name"].removeprefix("pod-network: ") for fault in faults} == set(NOTICED)
    for fault in faults:
        wanted = NOTICED[fault["name"].removeprefix("pod-network: ")]
        assert fault["fate"] == "noticed"
        assert any(notice["claim"].startswith(wanted) for notice in fault["notices"]), fault["name"]


def test_what_blinds_the_sentinels_is_noticed_by_name(svcproof: Commanded) -> None:
    """ip_forward off, another table that drops, strict rp_filter: sentinels are lost, too, and claims fail for it."""
    kinds = ("ip-forward-off", "foreign-table-drop", "rp-filter-strict")
    chosen = [word for kind in kinds for word in ("--kind", kind)]
    # They are made in the first round; the others need not be brought about.
    finished = svcproof("sabotage", "nftables-flannel", *chosen, "--budget", "20s")
    assert finished.returncode == 0, finished.stderr
    [written] = svcproof.home.glob("runs/*/sabotage.json")
    faults = json.loads(written.read_text())["faults"]
    assert {fault["kind"] for fault in faults} == set(kinds)
    assert {fault["fate"] for fault in faults} == {"noticed"}
    seen = {fault["name"]: fault["notices"][0]["observed"] for fault in faults}
    lost = {name for name, observed in seen.items() if "the sentinels behind it were lost, too" in observed}
    assert seen.keys() - lost <= {"foreign-table-drop: everything forwarded that a Service translated"}
