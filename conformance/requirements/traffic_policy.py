"""What is required of policies and hints that choose among endpoints."""

from conformance.results import Requirement
from conformance.tier import Tier

TRAFFIC_POLICY = (
    Requirement(
        "etpl-ext",
        "externalTrafficPolicy Local",
        "With externalTrafficPolicy Local, a node with endpoints of its own serves outside clients from these, "
        "which see the client's address.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "etpl-noloc",
        "externalTrafficPolicy Local",
        "With externalTrafficPolicy Local, a node without an endpoint of its own drops what comes from outside.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
    Requirement(
        "etpl-pod",
        "externalTrafficPolicy Local",
        "With externalTrafficPolicy Local, a pod or a node that asks its own node reaches every endpoint by node "
        "port, load balancer IP and external IP, wherever the endpoint is.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/loadbalancer.go",
        Tier.CORE,
    ),
    Requirement(
        "itp-local",
        "internalTrafficPolicy Local",
        "With internalTrafficPolicy Local, a cluster IP leads only to endpoints of the node that translates, for "
        "pods, nodes and routed clients; node ports are not affected.",
        "https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/",
        Tier.CORE,
    ),
    Requirement(
        "itp-noloc",
        "internalTrafficPolicy Local",
        "With internalTrafficPolicy Local, a node without an endpoint of its own drops what is sent to the "
        "cluster IP.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2086-service-internal-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "topo-zone",
        "Topology",
        "With trafficDistribution PreferSameZone, endpoints of the zone of the node that translates are used "
        "while there are any, else all.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
        Tier.CORE,
    ),
    Requirement(
        "topo-node",
        "Topology",
        "With trafficDistribution PreferSameNode, endpoints of the node that translates are used while there are "
        "any, else those of its zone, else all.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3015-prefer-same-node",
        Tier.EXTENDED,
    ),
    Requirement(
        "topo-values",
        "Topology",
        "The trafficDistribution PreferClose means the same as PreferSameZone; the annotation "
        "service.kubernetes.io/topology-mode takes precedence over trafficDistribution.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
        Tier.EXTENDED,
    ),
    Requirement(
        "topo-vs-local",
        "Topology",
        "Policy Local takes precedence over hints of topology, and hints do not count once only terminating "
        "endpoints are left.",
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
