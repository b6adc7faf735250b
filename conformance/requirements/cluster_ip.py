"""What is required of cluster IPs, and of Services side by side."""

from conformance.requirements.sources import DOCS, E2E, SERVICE, TESTS
from conformance.results import Requirement
from conformance.tier import Tier

CLUSTER_IP = (
    Requirement(
        "cip-basic",
        "ClusterIP",
        "A connection from a pod to a cluster IP reaches any ready endpoint, which sees the pod's own address, "
        "and is answered from the cluster IP.",
        DOCS,
        Tier.CORE,
    ),
    Requirement(
        "cip-node",
        "ClusterIP",
        "A connection from a node to a cluster IP reaches any ready "
        "endpoint, which sees an address of the node.",
        TESTS,
        Tier.CORE,
    ),
    Requirement(
        "cip-ext",
        "ClusterIP",
        "A connection from outside the cluster that is routed to a cluster IP through a node is served there from "
        "any endpoint, which sees an address of that node.",
        TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hostnet-ep",
        "ClusterIP",
        "An endpoint that has a node's own address, as pods of the host's network have, is reached like any "
        "other, by pods, nodes and outside clients.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/networking.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hairpin",
        "ClusterIP",
        "A pod that is chosen as the endpoint of its own connection reaches itself, seeing an address of its node; "
        "other endpoints see the pod's own address.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "cip-ports",
        "ClusterIP",
        "Each port of a Service leads to its own target port; a named target port is each pod's own.",
        SERVICE + "#multi-port-services",
        Tier.CORE,
    ),
    Requirement(
        "cip-proto",
        "ClusterIP",
        "TCP and UDP on the same port number of one Service are independent of each other.",
        SERVICE + "#protocol-support",
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
        "cip-masqall",
        "ClusterIP",
        "With masqueradeAll, every connection to a cluster IP is masqueraded by the node that translates it, also "
        "from pods.",
        "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-detect",
        "ClusterIP",
        "In every detectLocalMode pods keep their address, and what does not come from pods is masqueraded; "
        "without a CIDR to tell pods by, nothing is.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/util/localdetector.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hairpin-nonode",
        "ClusterIP",
        "An endpoint that a hand-made EndpointSlice lists without nodeName "
        "reaches itself through the cluster IP.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "svc-apart",
        "Services side by side",
        "Services that have the same port numbers do not affect each other: each serves, drops or refuses what is "
        "sent to its own addresses.",
        DOCS + "#how-it-works",
        Tier.EXTENDED,
    ),
)
