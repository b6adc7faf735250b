"""Claims that a proxy mode is known to answer otherwise. Strict both ways: the recorded outcome must be observed."""

from conformance.difference import DifferenceKind, KnownDifference, applies
from conformance.outcome import (
    Arrival,
    Changed,
    Forwarded,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Unanswered,
    chosen_anew,
    delivered,
)
from lab.model import Place, Refusal
from lab.profiles import NetworkName, Profile, ProxyMode

_IPTABLES = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go"
_NFTABLES = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/nftables/proxier.go"
_MIGRATING = (
    "https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables"
)


def _documented(
    mode: ProxyMode, instead: Outcome, reason: str, link: str, *claims: str
) -> tuple[KnownDifference, ...]:
    """The same difference for several claims."""
    return tuple(
        KnownDifference(
            claim=claim,
            proxy_mode=mode,
            instead=instead,
            kind=DifferenceKind.DOCUMENTED,
            reason=reason,
            link=link,
        )
        for claim in claims
    )


_TO_ROUTER = Forwarded(Place.ROUTER)
_SERVED = delivered(Place.POD_A1, Place.POD_B1, source=Kept())
_NO_DROP_OF_INVALID = "nftables mode drops nothing for being invalid (it has --conntrack-tcp-be-liberal): "
_NOT_ON_LOOPBACK = "nftables mode does not serve node ports on 127.0.0.1"
_ROUTED = "iptables mode has rules for the ports of Services only; all else is routed like any address"

KNOWN_DIFFERENCES: tuple[KnownDifference, ...] = (
    *_documented(
        ProxyMode.IPTABLES,
        Forwarded(Place.ROUTER),
        "the chain KUBE-EXTERNAL-SERVICES, which refuses, hangs on INPUT and FORWARD only; "
        "a node's own packets to an address that is not local pass OUTPUT and leave the node",
        _IPTABLES,
        "noep-lb-node.load_balancer_ip_from_node",
        "noep-lb-node.external_ip_from_node",
        "noep-lbsr.node_out_of_range",
    ),
    *_documented(
        ProxyMode.IPTABLES,
        Refused(Place.WORKER_B, Refusal.PORT_UNREACHABLE),
        "the rules for source ranges are written for Services with endpoints only (usesFWChain); "
        "without them everyone is refused",
        _IPTABLES,
        "noep-lbsr.out_of_range",
        "noep-lbsr.out_of_range_udp",
    ),
    *_documented(
        ProxyMode.IPTABLES,
        _TO_ROUTER,
        _ROUTED,
        _MIGRATING,
        "cip-badport.tcp_from_pod",
        "cip-badport.udp_from_pod",
        "cip-badport.udp_behind_a_udp_port",
        "cip-badport.tcp_at_a_udp_port",
        "cip-badport.behind_one_that_drops",
        "cip-badport.beside_one_that_drops",
        "cip-badport.behind_one_that_refuses",
        "cip-badport.beside_one_that_refuses",
        "cip-badport.behind_one_that_serves_here",
        "cip-badport.tcp_from_node",
        "cip-badport.tcp_from_outside",
        "cip-hostvip.from_pod",
        "cip-hostvip.from_node",
        "cip-hostvip.from_outside",
        "cip-ping.from_pod",
        "cip-ping.from_node",
        "cip-unalloc.from_pod",
        "cip-unalloc.from_node",
        "proxyname.from_pod",
        "svc-type.cluster_ip_of_an_external_name",
        "svc-type.external_name_again",
        "svc-delete.cluster_ip",
        "proxyname.label_again",
        "svc-ports.taken_away",
    ),
    *_documented(
        ProxyMode.IPTABLES, Changed(_TO_ROUTER, _SERVED), _ROUTED, _MIGRATING, "conv-service.created"
    ),
    *_documented(
        ProxyMode.IPTABLES, Changed(_SERVED, _TO_ROUTER), _ROUTED, _MIGRATING, "conv-service.deleted"
    ),
    *_documented(
        ProxyMode.NFTABLES,
        Refused(Place.WORKER_C, Refusal.TCP_RESET),
        "nftables mode serves node ports on the node's primary address only, unless nodePortAddresses says more",
        _MIGRATING,
        "np-allips.secondary_address",
        "np-allips.of_another_network",
        "noep-np.at_secondary_address",
    ),
    *_documented(
        ProxyMode.NFTABLES,
        Refused(Place.POD_C1, Refusal.TCP_RESET),
        _NO_DROP_OF_INVALID + "the client resets what bears its endpoint's own address",
        _MIGRATING,
        "ct-invalid.from_the_endpoint",
    ),
    *_documented(
        ProxyMode.NFTABLES,
        _TO_ROUTER,
        _NO_DROP_OF_INVALID + "what was for a load balancer IP is routed like any address",
        _MIGRATING,
        "ct-invalid.from_outside",
    ),
    *_documented(
        ProxyMode.NFTABLES,
        LocalError("EPIPE"),
        _NO_DROP_OF_INVALID + "the client's reset of such a segment ends the connection at its endpoint",
        _MIGRATING,
        "ct-invalid-open.after_segments_of_the_endpoint",
    ),
    *(
        KnownDifference(
            claim="ct-udp-zero.cluster_ip",
            proxy_mode=mode,
            instead=delivered(Place.POD_A1, source=Kept()),
            kind=DifferenceKind.UPSTREAM_BUG,
            reason="Services without endpoints are passed over when conntrack is cleared, "
            "so their open UDP flows go on to a pod that is gone",
            link="https://github.com/kubernetes/kubernetes/issues/139628",
            since="1.32",
            until="1.37",
        )
        for mode in ProxyMode
    ),
    *(
        KnownDifference(
            claim="svc-delete.open_udp_flow",
            proxy_mode=mode,
            instead=delivered(Place.POD_A1, source=Masqueraded(Place.WORKER_C)),
            kind=DifferenceKind.UPSTREAM_BUG,
            reason="conntrack is cleared for the Services that there are, so the open UDP flows of a Service "
            "that was deleted go on to its former endpoint",
            link="https://github.com/kubernetes/kubernetes/pull/141371",
            since="1.32",
        )
        for mode in ProxyMode
    ),
    *(
        KnownDifference(
            claim="ct-trigger.new_external_ip",
            proxy_mode=mode,
            instead=_TO_ROUTER,
            kind=DifferenceKind.UPSTREAM_BUG,
            reason="conntrack is cleared when endpoints have changed, and not when a Service has, so open UDP flows to "
            "an address that becomes a Service's stay unserved until endpoints change",
            link="https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/endpointschangetracker.go#L178",
        )
        for mode in ProxyMode
    ),
    *_documented(
        ProxyMode.IPTABLES,
        chosen_anew(Place.POD_A3, Place.POD_B3, source=Masqueraded(Place.WORKER_A)),
        "iptables mode remembers clients with the match `recent`, which has room for the last 100 of an endpoint "
        "(ip_list_tot)",
        "https://ipset.netfilter.org/iptables-extensions.man.html",
        "aff-many.all_come_back",
    ),
    KnownDifference(
        claim="cip-hairpin-nonode.from_endpoint",
        proxy_mode=ProxyMode.NFTABLES,
        instead=Unanswered(frozenset({Arrival(Place.POD_A3, 8080, Kept())})),
        kind=DifferenceKind.UPSTREAM_BUG,
        reason="the set hairpin-connections holds endpoints whose nodeName is the node's own, so one that is listed "
        "without nodeName is not masqueraded on its way to itself, and its kernel discards its own address",
        link=_NFTABLES,
        since="1.36",
    ),
    *(
        KnownDifference(
            claim=f"net-outside.{claim}",
            proxy_mode=ProxyMode.IPTABLES,
            instead=delivered(Place.POD_B1, source=Masqueraded(node)),
            kind=DifferenceKind.DOCUMENTED,
            reason="flannel's iptables rules masquerade what comes from outside to a pod of another node",
            link="https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/trafficmngr/iptables/iptables.go",
            network=NetworkName.FLANNEL,
        )
        for claim, node in (("tcp_by_another_node", Place.WORKER_A), ("udp_by_another_node", Place.WORKER_C))
    ),
    *(
        KnownDifference(
            claim=f"net-spoof.{claim}",
            proxy_mode=mode,
            instead=Unanswered(frozenset({Arrival(arrived, 8080, Kept())})),
            kind=DifferenceKind.DOCUMENTED,
            reason="flannel connects nodes and leaves it to others to check what pods send",
            link="https://github.com/flannel-io/flannel#networking-details",
            network=NetworkName.FLANNEL,
        )
        for mode in ProxyMode
        for claim, arrived in (("as_a_neighbour", Place.POD_B1), ("as_an_outside_host", Place.POD_A1))
    ),
    *(
        KnownDifference(
            claim="cip-detect.bridge_pod",
            proxy_mode=mode,
            instead=delivered(
                *(Place.POD_A1, Place.POD_B1, Place.POD_C2), source=Masqueraded(Place.WORKER_C)
            ),
            kind=DifferenceKind.DOCUMENTED,
            reason="detectLocalMode BridgeInterface knows pods by the bridge that they hang on, and Calico has none",
            link="https://docs.tigera.io/calico/latest/reference/architecture/data-path",
            network=NetworkName.CALICO,
        )
        for mode in ProxyMode
    ),
    *_documented(
        ProxyMode.NFTABLES,
        Refused(Place.WORKER_A, Refusal.TCP_RESET),
        _NOT_ON_LOOPBACK,
        _MIGRATING,
        "np-localhost.from_the_node",
        "np-localhost.lb_serving_http",
        "np-localhost.lb_dropping_http",
        "np-localhost.lb_shut_http",
        "np-localhost.lb_left_alone_http",
    ),
    *_documented(
        ProxyMode.NFTABLES,
        Refused(Place.WORKER_B, Refusal.PORT_UNREACHABLE),
        _NOT_ON_LOOPBACK,
        _MIGRATING,
        "np-localhost.udp",
    ),
    *_documented(
        ProxyMode.NFTABLES,
        Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE),
        _NOT_ON_LOOPBACK,
        _MIGRATING,
        "np-localhost.lb_serving_dns",
        "np-localhost.lb_dropping_dns",
        "np-localhost.lb_shut_dns",
        "np-localhost.lb_left_alone_dns",
    ),
)


def known_difference(claim: str, profile: Profile, kubernetes: str) -> KnownDifference | None:
    """The known difference of this claim in this profile and version of kube-proxy, if there is one."""
    for difference in KNOWN_DIFFERENCES:
        here = difference.claim == claim and difference.proxy_mode is profile.proxy_mode
        on_it = difference.network in (None, profile.network)
        if here and on_it and applies(difference, kubernetes):
            return difference
    return None
