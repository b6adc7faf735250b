"""What is required of flows that are open, and UDP."""

from conformance.results import Requirement
from conformance.tier import Tier

_CONNTRACK = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/conntrack.go"
_CLEANUP = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go"

OPEN_FLOWS = (
    Requirement(
        "udp-doors",
        "UDP",
        "At cluster IPs, node ports, load balancer IPs and external IPs, UDP is served as TCP is, for senders "
        "inside and outside the cluster.",
        "https://kubernetes.io/docs/reference/networking/service-protocols/#udp",
        Tier.CORE,
    ),
    Requirement(
        "ct-tcp",
        "Open flows",
        "An open TCP connection stays at its endpoint while that pod lives, whatever becomes of the endpoint and "
        "of the Service.",
        _CLEANUP,
        Tier.CORE,
    ),
    Requirement(
        "ct-invalid",
        "Open flows",
        "A segment far outside the window of an open connection, which conntrack takes for invalid so that no "
        "node translates it, is dropped.",
        "https://github.com/kubernetes/kubernetes/issues/74839",
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-invalid-open",
        "Open flows",
        "An open connection goes on after its endpoint has sent segments far outside the window.",
        "https://github.com/kubernetes/kubernetes/issues/74839",
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-tcp-new",
        "Open flows",
        "New connections avoid an endpoint that is no longer ready, is terminating or has left the Service.",
        "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions",
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-del",
        "Open flows",
        "An open UDP flow whose endpoint is removed or is no longer ready goes on at another endpoint.",
        _CONNTRACK,
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-term",
        "Open flows",
        "An open UDP flow stays at an endpoint that is terminating, while that still serves.",
        _CLEANUP,
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-udp-port",
        "Open flows",
        "An open UDP flow moves to the new target port of its Service.",
        _CONNTRACK,
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-udp-newep",
        "Open flows",
        "A UDP flow that began while its Service had no endpoint is served once there is one.",
        _CONNTRACK,
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-zero",
        "Open flows",
        "An open UDP flow of a Service that has lost its last endpoint is refused.",
        "https://github.com/kubernetes/kubernetes/issues/139628",
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-trigger",
        "Open flows",
        "A change of the addresses or node ports of a Service leaves its open UDP flows at their endpoint, and "
        "takes up flows that were not served before.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go",
        Tier.EXTENDED,
    ),
)
