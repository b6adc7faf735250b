"""What is required of Services that change, and how soon nodes follow."""

from conformance.requirements.sources import E2E
from conformance.results import Requirement
from conformance.tier import Tier

_PROGRAMMING = (
    "https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md"
)

CHANGES = (
    Requirement(
        "svc-type",
        "Services that change",
        "A Service whose type is changed is served at the addresses and node ports of its new type, and at no "
        "others.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "svc-ports",
        "Services that change",
        "Ports that are added to a Service are served; those that are taken away, and the former numbers of those "
        "that are changed, are not served any more.",
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
        "A Service that is deleted is not served any more: neither are new flows nor open UDP flows.",
        "https://github.com/kubernetes/kubernetes/pull/141371",
        Tier.CORE,
    ),
    Requirement(
        "svc-recreate",
        "Services that change",
        "A Service that is deleted and created again with the same addresses is served from the endpoints that it "
        "has then.",
        E2E,
        Tier.CORE,
    ),
    Requirement(
        "conv-endpoints",
        "Convergence",
        "Every node follows a change of endpoints within 30 s; until it does, new connections fare as before the "
        "change, from then on as after it, and never in any other way.",
        _PROGRAMMING,
        Tier.CORE,
    ),
    Requirement(
        "conv-service",
        "Convergence",
        "Within 30 s every node serves a new Service, and has stopped serving a deleted one; until then new "
        "connections fare as before, or are refused while a Service has no endpoints yet.",
        _PROGRAMMING,
        Tier.CORE,
    ),
)
