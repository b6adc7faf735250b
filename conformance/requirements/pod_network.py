"""What is required of the pod network, on which kube-proxy's answers rest."""

from conformance.results import Requirement
from conformance.tier import Tier

_MODEL = "https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model"
_DATA_PATH = "https://docs.tigera.io/calico/latest/reference/architecture/data-path"

POD_NETWORK = (
    Requirement(
        "net-pod",
        "Pod network",
        "Pods reach each other on their own addresses, on one node and across nodes, without translation.",
        _MODEL,
        Tier.CORE,
    ),
    Requirement(
        "net-way",
        "Pod network",
        "A packet between pods is routed once by each node on its way; between nodes it travels from node address "
        "to node address, encapsulated as the network is configured; on every hop it bears the addresses and "
        "ports that its sender gave it, and so does its answer.",
        _DATA_PATH,
        Tier.CORE,
    ),
    Requirement(
        "net-mtu",
        "Pod network",
        "A packet as large as the MTU of a pod's interface reaches pods of other nodes in one piece; a larger one "
        "is refused in the pod, before it leaves.",
        "https://docs.tigera.io/calico/latest/networking/configuring/mtu",
        Tier.CORE,
    ),
    Requirement(
        "net-arp",
        "Pod network",
        "A pod asks by ARP for its gateway and for pods on the same bridge only; the address of a pod is asked "
        "for on its own node only, and never on the network between nodes.",
        _DATA_PATH,
        Tier.CORE,
    ),
    Requirement(
        "net-node",
        "Pod network",
        "A node reaches the pods of every node, and its own pods reach it, seen by their own addresses.",
        _MODEL,
        Tier.CORE,
    ),
    Requirement(
        "net-nat",
        "Pod network",
        "What a pod sends to an address outside the pod network is masqueraded by its own node, and by no other.",
        "https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster",
        Tier.CORE,
    ),
    Requirement(
        "net-outside",
        "Pod network",
        "A host outside the cluster that routes the addresses of pods through any of the nodes reaches pods at "
        "these addresses, and they see its own.",
        "https://docs.tigera.io/calico/latest/networking/determine-best-networking",
        Tier.EXTENDED,
    ),
    Requirement(
        "net-spoof",
        "Pod network",
        "A packet that a pod sends with another's address as its source is dropped by its node.",
        "https://docs.tigera.io/calico/latest/reference/felix/configuration",
        Tier.EXTENDED,
    ),
)
