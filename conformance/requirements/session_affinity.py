"""What is required of session affinity."""

from conformance.requirements.sources import E2E
from conformance.results import Requirement
from conformance.tier import Tier

SESSION_AFFINITY = (
    Requirement(
        "aff-stick",
        "Session affinity",
        "With sessionAffinity ClientIP, all connections of a client to a port of the Service go to one endpoint.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity",
        Tier.CORE,
    ),
    Requirement(
        "aff-epgone",
        "Session affinity",
        "A client whose endpoint is no longer ready is given another, and kept at that from then on.",
        "https://github.com/kubernetes/kubernetes/pull/106030",
        Tier.CORE,
    ),
    Requirement(
        "aff-shared",
        "Session affinity",
        "A client keeps its endpoint at a node whether it asks by cluster IP, node port, load balancer IP or "
        "external IP.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-ports",
        "Session affinity",
        "Each port of a Service has a session affinity of its own.",
        "https://github.com/kubernetes/kubernetes/issues/103000",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-timeout",
        "Session affinity",
        "A client that opens no connection for timeoutSeconds is given an endpoint anew, and one that does is "
        "not.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout",
        Tier.CORE,
    ),
    Requirement(
        "aff-spread",
        "Session affinity",
        "Clients that ask for the first time are spread evenly over the endpoints.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-many",
        "Session affinity",
        "Every client keeps its endpoint, however many clients a Service has.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-switch",
        "Session affinity",
        "A change of sessionAffinity counts for the connections that are made after it.",
        E2E,
        Tier.CORE,
    ),
)
