"""What is required of Services that change, and how soon nodes follow."""

from conformance.requirements.sources import E2E
from conformance.results import Requirement, Tier

_PROGRAMMING = (
    "https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md"
)

CHANGES = (
    Requirement(
        "svc-type",
        "Services that change",
        "A Service whose type is changed has the front doors of its new type only.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "svc-ports",
        "Services that change",
        "Ports that are added to a Service are served, those that are taken away or moved are not.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "etpl-switch",
        "Services that change",
        "A change of externalTrafficPolicy counts for new connections, and opens or closes the "
        "healthCheckNodePort.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "svc-delete",
        "Services that change",
        "A Service that is deleted is served no more: neither new flows nor open UDP flows.",
        "https://github.com/kubernetes/kubernetes/pull/141371",
        Tier.CORE,
    ),
    Requirement(
        "svc-recreate",
        "Services that change",
        "A Service that is deleted and made again with the same addresses is served at the endpoints that it has then.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "conv-endpoints",
        "Convergence",
        "Every node follows a change of endpoints within 30 s; until then new connections fare as before, "
        "and never otherwise.",
        _PROGRAMMING,
        Tier.CORE,
    ),
    Requirement(
        "conv-service",
        "Convergence",
        "Every node serves a new Service within 30 s, and a deleted one no more; "
        "new connections fare as before or as after, and a Service without endpoints yet refuses them.",
        _PROGRAMMING,
        Tier.CORE,
    ),
)
