"""What is required of which endpoints there are, and how they share the load."""

from conformance.requirements.sources import DOCS, E2E, SERVICE, TESTS
from conformance.results import Requirement, Tier

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
        DOCS,
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-lbsr",
        "No endpoints",
        "Source ranges hold at a load balancer IP whose Service has no endpoints: who is shut out is dropped, "
        "others are refused.",
        SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-recover",
        "No endpoints",
        "A Service whose only endpoint stops being ready refuses, and serves again once it is ready.",
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
        "Terminating endpoints that serve are used only while no endpoint is ready.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-local",
        "Readiness",
        "With policy Local, a node whose endpoints are all terminating uses those "
        "that serve, and drops where none does.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-remote-only",
        "Readiness",
        "With policy Local, a node drops outside traffic while only endpoints elsewhere are left, terminating and "
        "serving; traffic from inside the cluster is served there.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-none",
        "Readiness",
        "A Service whose endpoints are all terminating and serve no more refuses, whatever its policy.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "ep-ipreuse",
        "Readiness",
        "An address that is listed of a terminating endpoint and of one that runs is used as that which runs.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/endpointslicecache.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "ep-defaults",
        "Readiness",
        "Conditions that an EndpointSlice leaves out count as ready; of an endpoint's addresses the first is used.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/endpointslicecache.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "dist-random",
        "Load distribution",
        "New connections are spread evenly over the endpoints.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
)
