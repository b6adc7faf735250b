"""Health checks: what a cloud's load balancer is told of a node's endpoints.

Asked by HTTP, over sockets of the sender's own kernel.

Source: https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Answered, Outcome
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    HealthCheckPort,
    NodeIs,
    NodeState,
    Place,
    PodIs,
    PodState,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
A2, A3, B2 = Place.POD_A2, Place.POD_A3, Place.POD_B2
CHECKED = Service(
    name="checked",
    type=ServiceType.LOAD_BALANCER,
    external_traffic_policy=TrafficPolicy.LOCAL,
    load_balancer_ingress=(IPv4Address("203.0.113.60"),),
    endpoints=(A2, A3, B2),
    ports=(ServicePort("http", 80),),
)
A2_NOT_READY, B2_TERMINATING = PodIs(A2, PodState.NOT_READY), PodIs(B2, PodState.TERMINATING)

pytestmark = given(CHECKED)


def asked(node: Place, sender: Place = Place.CLIENT) -> Flow:
    """A GET at the health check port of this node."""
    return Flow(sender, HealthCheckPort(CHECKED, node))


def serves(endpoints: int) -> Answered:
    """The node has so many ready endpoints, and says that as the weight it should get."""
    return Answered(200 if endpoints else 503, local_endpoints=endpoints, weight=endpoints)


@requirement("hcnp")
@claims(
    node_with_two_endpoints=Claim(asked(A), serves(2)),
    node_with_one_endpoint=Claim(asked(B), serves(1)),
    node_without_endpoint=Claim(asked(C), serves(0)),
    beyond_the_router=Claim(asked(B, Place.FAR_CLIENT), serves(1)),
    from_the_node_itself=Claim(asked(A, A), serves(2)),
    one_not_ready=Claim(asked(A), serves(1), when=(A2_NOT_READY,)),
    only_terminating=Claim(asked(B), serves(0), when=(B2_TERMINATING,)),
    ready_again=Claim(asked(B), serves(1)),
    node_to_be_deleted=Claim(asked(B), serves(1), when=(NodeIs(B, NodeState.TO_BE_DELETED),)),
)
def test_health_check_node_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node answers with the number of its ready endpoints; those that terminate do not count.

    A node that is to be deleted answers as before: it goes on to serve what still comes.
    """
    assert live.observe(flow) == expect
