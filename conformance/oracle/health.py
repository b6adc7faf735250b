"""What a node says over HTTP of its health, and of the endpoints that it has for a load balancer."""

from conformance.oracle.answers import answer_of_kernel
from conformance.oracle.doors import is_proxied
from conformance.oracle.endpoints import endpoints_of
from conformance.oracle.world import Setting
from conformance.outcome import Answered, Outcome
from lab.model import (
    HealthCheckPort,
    HttpTarget,
    NodeState,
    ProxyHealth,
    ServiceType,
    TrafficPolicy,
    Transport,
)

_OK, _UNAVAILABLE = 200, 503


def health(setting: Setting, target: HttpTarget) -> Outcome:
    """The answer to an HTTP GET at a node whose kube-proxy is well.

    /healthz says also whether the node may get traffic: not while it is to be deleted. /livez does not, nor does a
    healthCheckNodePort.

    Source: KEP-3836; pkg/proxy/healthcheck/proxy_health.go NodeEligible.
    """
    match target:
        case ProxyHealth(node=node, path="/healthz") if setting.node_state(node) is NodeState.TO_BE_DELETED:
            return Answered(_UNAVAILABLE)
        case ProxyHealth():
            return Answered(_OK)
        case HealthCheckPort():
            return _of_service(setting, target)


def _of_service(setting: Setting, target: HealthCheckPort) -> Outcome:
    """With the policy Local 200 where the node has ready endpoints, 503 elsewhere, and how many there are.

    Source: https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/
    #preserving-the-client-source-ip; pkg/proxy/healthcheck/service_health.go; TestHealthCheckNodePortWhenTerminating.
    """
    service = setting.now(target.service) or target.service
    local = service.external_traffic_policy is TrafficPolicy.LOCAL
    checked = local and service.type is ServiceType.LOAD_BALANCER
    if not checked or not is_proxied(setting, service):
        return answer_of_kernel(target.node, Transport.TCP)
    own = {
        endpoint.pod
        for port in service.ports
        for endpoint in endpoints_of(setting, service, port)
        if endpoint.ready and endpoint.node is target.node
    }
    return Answered(_OK if own else _UNAVAILABLE, len(own), len(own))
