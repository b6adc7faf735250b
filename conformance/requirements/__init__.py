"""The documented behaviours that scenarios stand for, each with its source, in the order of the catalogue."""

from types import MappingProxyType

from conformance.requirements.changes import CHANGES
from conformance.requirements.cluster_ip import CLUSTER_IP
from conformance.requirements.endpoints import ENDPOINTS
from conformance.requirements.load_balancer import LOAD_BALANCER
from conformance.requirements.node_port import NODE_PORT
from conformance.requirements.not_served import NOT_SERVED
from conformance.requirements.open_flows import OPEN_FLOWS
from conformance.requirements.pod_network import POD_NETWORK
from conformance.requirements.session_affinity import SESSION_AFFINITY
from conformance.requirements.traffic_policy import TRAFFIC_POLICY

_ALL = (
    *POD_NETWORK,
    *CLUSTER_IP,
    *NODE_PORT,
    *LOAD_BALANCER,
    *TRAFFIC_POLICY,
    *ENDPOINTS,
    *SESSION_AFFINITY,
    *NOT_SERVED,
    *OPEN_FLOWS,
    *CHANGES,
)

REQUIREMENTS = MappingProxyType({requirement.id: requirement for requirement in _ALL})
