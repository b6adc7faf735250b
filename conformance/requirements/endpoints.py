"""What is required of which endpoints there are, and how they share the load."""

from conformance.requirements.sources import E2E, SERVICE, TESTS
from conformance.results import Requirement
from conformance.tier import Tier

ENDPOINTS = (
    Requirement(
        "noep-cip",
        "No endpoints",
        "A connection to a cluster IP whose Service has no endpoints is "
        "refused at once with ICMP port unreachable.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "noep-np",
        "No endpoints",
        "A connection to a node port whose Service has no endpoints is refused with ICMP port unreachable "
        "by the node that was asked.",
        TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb",
        "No endpoints",
        "A connection to a load balancer IP or external IP whose Service has no endpoints is refused "
        "with ICMP port unreachable by the node that it comes to.",
        TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb-node",
        "No endpoints",
        "A node's own connection to a load balancer IP or external IP whose "
        "Service has no endpoints is refused.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/nftables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-lbsr",
        "No endpoints",
        "With loadBalancerSourceRanges, a load balancer IP whose Service has no endpoints drops senders that are "
        "shut out, and refuses others.",
        SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-recover",
        "No endpoints",
        "A Service whose only endpoint is no longer ready refuses connections, and serves them again once it is "
        "ready.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "ep-unready",
        "Readiness",
        "An endpoint that is not ready gets no new connections, unless publishNotReadyAddresses is set.",
        "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions",
        Tier.CORE,
    ),
    Requirement(
        "ep-pnra",
        "Readiness",
        "With publishNotReadyAddresses every endpoint that exists is used, ready or not, terminating or not.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "term-cluster",
        "Readiness",
        "Endpoints that are terminating and still serve are used only while no endpoint is ready.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-local",
        "Readiness",
        "With policy Local, a node whose own endpoints are all terminating uses those of them that still serve, "
        "and drops where none does.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-remote-only",
        "Readiness",
        "With policy Local, while the only endpoints left are terminating ones on other nodes, a node drops what "
        "comes from outside; connections from inside the cluster are served by them.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-none",
        "Readiness",
        "A Service whose endpoints are all terminating and serve no more refuses connections, whatever its "
        "traffic policy.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "ep-ipreuse",
        "Readiness",
        "An address that is listed both of a terminating endpoint and of a running one is used as that of the "
        "running one.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/endpointslicecache.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "ep-defaults",
        "Readiness",
        "An endpoint for which an EndpointSlice states no conditions counts as ready; of its addresses the first "
        "is used.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/endpointslicecache.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "dist-random",
        "Load distribution",
        "New connections are spread evenly over the endpoints of a Service.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
)
