"""What is required of policies and hints that choose among endpoints."""

from conformance.results import Requirement, Tier

TRAFFIC_POLICY = (
    Requirement(
        "etpl-ext",
        "externalTrafficPolicy Local",
        "A node with an endpoint serves outside clients from its own "
        "endpoints, which see the client's address.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "etpl-noloc",
        "externalTrafficPolicy Local",
        "A node without endpoint drops outside traffic.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
    Requirement(
        "etpl-pod",
        "externalTrafficPolicy Local",
        "Pods and nodes reach every endpoint through the outside front doors, on any node.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/loadbalancer.go",
        Tier.CORE,
    ),
    Requirement(
        "itp-local",
        "internalTrafficPolicy Local",
        "A cluster IP leads to endpoints of the node that translates, for pods, nodes and "
        "routed clients; node ports are not affected.",
        "https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/",
        Tier.CORE,
    ),
    Requirement(
        "itp-noloc",
        "internalTrafficPolicy Local",
        "On a node without endpoint, packets to the cluster IP are dropped.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2086-service-internal-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "topo-zone",
        "Topology",
        "With trafficDistribution PreferSameZone, endpoints of the node's zone are used while there are any.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
        Tier.CORE,
    ),
    Requirement(
        "topo-node",
        "Topology",
        "With trafficDistribution PreferSameNode, endpoints of the node are used while there "
        "are any, then those of its zone, then all.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3015-prefer-same-node",
        Tier.EXTENDED,
    ),
    Requirement(
        "topo-values",
        "Topology",
        "The trafficDistribution PreferClose means PreferSameZone; the annotation topology-mode comes before either.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
        Tier.EXTENDED,
    ),
    Requirement(
        "topo-vs-local",
        "Topology",
        "Policy Local comes before hints of topology, and hints do not count for terminating endpoints.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/topology.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "topo-live",
        "Topology",
        "A node whose zone changes uses the endpoints of its new zone; one that loses its zone uses all.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/topology.go",
        Tier.EXTENDED,
    ),
)
