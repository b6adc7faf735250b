"""The documented behaviours that scenarios stand for, each with its source."""

from types import MappingProxyType

from conformance.results import Requirement, Tier

_DOCS = "https://kubernetes.io/docs/reference/networking/virtual-ips/"
_SERVICE = "https://kubernetes.io/docs/concepts/services-networking/service/"
_MODEL = "https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model"
_TESTS = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go"
_E2E = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go"

_ALL = (
    Requirement(
        "net-pod",
        "Pod network",
        "Pods reach each other on their own addresses, on one node and across nodes, without translation.",
        _MODEL,
        Tier.CORE,
    ),
    Requirement(
        "cip-basic",
        "ClusterIP",
        "A connection from a pod to a cluster IP reaches any ready endpoint, which sees the pod's own address, "
        "and is answered from the cluster IP.",
        _DOCS,
        Tier.CORE,
    ),
    Requirement(
        "cip-node",
        "ClusterIP",
        "A connection from a node to a cluster IP reaches any ready endpoint, which sees an address of the node.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "cip-ext",
        "ClusterIP",
        "A connection from outside that is routed to a cluster IP through a node is translated there, "
        "and masqueraded by that node.",
        _TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hairpin",
        "ClusterIP",
        "A pod that is chosen as the endpoint of its own connection reaches itself, seeing an address of its node; "
        "other endpoints see the pod's own address.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "cip-ports",
        "ClusterIP",
        "Each port of a Service leads to its own target port; a named target port is each pod's own.",
        _SERVICE + "#multi-port-services",
        Tier.CORE,
    ),
    Requirement(
        "cip-proto",
        "ClusterIP",
        "TCP and UDP on the same port number of one Service are independent of each other.",
        _SERVICE + "#protocol-support",
        Tier.CORE,
    ),
    Requirement(
        "cip-fragments",
        "ClusterIP",
        "A datagram that is sent in fragments reaches one endpoint whole, and its answer comes back whole.",
        "https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-cluster",
        "NodePort",
        "A connection to a node port on any node reaches any ready endpoint, which sees an address of that node.",
        _SERVICE + "#type-nodeport",
        Tier.CORE,
    ),
    Requirement(
        "np-pod-remote",
        "NodePort",
        "A pod that asks a node port of another node is served there; the endpoint sees an address of that node.",
        _TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "np-tcpudp",
        "NodePort",
        "Node ports of TCP and UDP ports of one Service are served independently of each other.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "noep-cip",
        "No endpoints",
        "A connection to a cluster IP whose Service has no endpoints is refused at once with ICMP port unreachable.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "noep-np",
        "No endpoints",
        "A connection to a node port whose Service has no endpoints is refused with ICMP port unreachable "
        "by the node that was asked.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb",
        "No endpoints",
        "A connection to a load balancer IP or external IP whose Service has no endpoints is refused "
        "with ICMP port unreachable by the node that it comes to.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb-node",
        "No endpoints",
        "A node's own connection to a load balancer IP or external IP whose Service has no endpoints is refused.",
        _DOCS,
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-recover",
        "No endpoints",
        "A Service whose only endpoint stops being ready refuses, and serves again once it is ready.",
        _E2E,
        Tier.CORE,
    ),
)

REQUIREMENTS = MappingProxyType({requirement.id: requirement for requirement in _ALL})
