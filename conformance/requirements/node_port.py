"""What is required of node ports."""

from conformance.requirements.sources import E2E, SERVICE, TESTS
from conformance.results import Requirement
from conformance.tier import Tier

NODE_PORT = (
    Requirement(
        "np-cluster",
        "NodePort",
        "A connection to a node port on any node reaches any ready endpoint, "
        "which sees an address of that node.",
        SERVICE + "#type-nodeport",
        Tier.CORE,
    ),
    Requirement(
        "np-pod-remote",
        "NodePort",
        "A pod that asks a node port of another node is served there; the "
        "endpoint sees an address of that node.",
        TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "np-tcpudp",
        "NodePort",
        "Node ports for TCP and for UDP of one Service are served independently of each other, also at the same "
        "number.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "np-localnet",
        "NodePort",
        "A packet for 127.0.0.1 that a neighbour puts on the link to a node is dropped, though the node may be "
        "set to route such packets (route_localnet).",
        "https://github.com/kubernetes/kubernetes/issues/92315",
        Tier.CORE,
    ),
    Requirement(
        "np-allips",
        "NodePort",
        "Without nodePortAddresses, a node port is served on every address of the node.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address",
        Tier.CORE,
    ),
    Requirement(
        "np-localhost",
        "NodePort",
        "A node port is served on 127.0.0.1 to the node's own programs.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-addrs",
        "NodePort",
        "With nodePortAddresses, a node port is served on the node's addresses that these cover, and on no "
        "others.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address",
        Tier.EXTENDED,
    ),
)
