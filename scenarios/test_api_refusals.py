"""What the API does not let through to kube-proxy: fields of a Service that do not fit each other, or are out of range.

Most refusals stand beside the nearest request that is accepted.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/
"""

from dataclasses import replace
from ipaddress import IPv4Network

from conformance.live import Live
from conformance.outcome import Accepted, Outcome, Rejected
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Creation, Flow, Place, Service, ServicePort, ServiceType, TrafficPolicy

PLAIN = Service(name="asked", ports=(ServicePort("http", 80),))
NODE_PORT, BALANCED, NAMED = (
    replace(PLAIN, type=each)
    for each in (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER, ServiceType.EXTERNAL_NAME)
)
LOCAL = replace(BALANCED, external_traffic_policy=TrafficPolicy.LOCAL, health_check_node_port=30041)
RANGE = IPv4Network("192.0.2.0/24")


def create(service: Service, **spec: object) -> Flow:
    """A request for a Service, with fields of the spec as they stand there."""
    return Flow(Place.CLIENT, Creation(service, tuple(spec.items())))


def affinity(seconds: int) -> Flow:
    """A request for a Service with session affinity for so long."""
    return create(replace(PLAIN, session_affinity_seconds=seconds))


def rejected(field: str) -> Outcome:
    """Rejected for this field of the spec."""
    return Rejected((f"spec.{field}",))


BAD_TIME_OUT = rejected("sessionAffinityConfig.clientIP.timeoutSeconds")


@requirement("api-spec")
@claims(
    affinity_of_no_time=Claim(affinity(0), BAD_TIME_OUT),
    affinity_of_a_day=Claim(affinity(86400), Accepted()),
    affinity_of_more=Claim(affinity(86401), BAD_TIME_OUT),
    headless=Claim(create(replace(PLAIN, headless=True)), Accepted()),
    headless_with_node_port=Claim(create(replace(NODE_PORT, headless=True)), rejected("clusterIPs[0]")),
    external_name_without_name=Claim(create(NAMED), rejected("externalName")),
    local_policy=Claim(create(NODE_PORT, externalTrafficPolicy="Local"), Accepted()),
    local_policy_without_outside=Claim(
        create(PLAIN, externalTrafficPolicy="Local"), rejected("externalTrafficPolicy")
    ),
    health_check=Claim(create(LOCAL), Accepted()),
    health_check_with_policy_cluster=Claim(
        create(replace(BALANCED, health_check_node_port=30041)), rejected("healthCheckNodePort")
    ),
    # The API itself spells this field's path with a capital letter.
    ranges=Claim(create(replace(BALANCED, load_balancer_source_ranges=(RANGE,))), Accepted()),
    ranges_without_balancer=Claim(
        create(replace(PLAIN, load_balancer_source_ranges=(RANGE,))), rejected("LoadBalancerSourceRanges")
    ),
    malformed_range=Claim(
        create(BALANCED, loadBalancerSourceRanges=("192.0.2.0/24", "192.0.2.0/33")),
        rejected("LoadBalancerSourceRanges[1]"),
    ),
)
def test_fields(live: Live, flow: Flow, expect: Outcome) -> None:
    """The refusal names the field that does not hold."""
    assert live.create(flow) == expect
