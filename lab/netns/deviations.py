"""In what every lab of namespaces differs from a production cluster."""

from lab.api import Deviation
from lab.capsule import linux
from lab.netns import control_plane, kube_proxy, pods

_DEVIATIONS = (
    Deviation(
        "nodes send every ICMP error (icmp_ratelimit and icmp_ratemask are 0)",
        "by default 300 refused probes get 6 errors, and a refusal would look like a drop",
    ),
    Deviation(
        "pods give up half-open connections after a second (tcp_synack_retries is 0), not after a minute",
        "crafted clients never complete one; nodes would forget it before, and give its port to another",
    ),
    Deviation(
        "rp_filter is 0 on nodes, the kernel's default, but where the network sets it; distributions often set 1 or 2",
        "a lab must not depend on the machine that it runs on",
    ),
    Deviation(
        "no garbage collector: the lab deletes the EndpointSlices of Services that it deletes",
        "it would watch every kind of object; what kube-proxy sees is the same",
    ),
    Deviation(
        "one etcd without fsync, one kube-apiserver, no RBAC, no service accounts, no workloads (apps, batch)",
        "the control plane is not under test",
    ),
)

_PLAIN_ROOT = Deviation(
    "the capsule has no user namespace of its own",
    "this machine forbids user namespaces, and root can do without",
)


def of_every_lab() -> tuple[Deviation, ...]:
    """In what this lab differs from a production cluster, whichever network it has."""
    return (
        *pods.DEVIATIONS,
        *kube_proxy.DEVIATIONS,
        *_DEVIATIONS,
        *control_plane.DEVIATIONS,
        *((_PLAIN_ROOT,) if linux.in_initial_user_namespace() else ()),
    )
