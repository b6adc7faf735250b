"""Which programs a lab needs: those of the cluster, and those of its network."""

from typing import assert_never

from lab.components.program import Program
from lab.profiles import NetworkName, Profile

_CLUSTER = (Program.KUBE_PROXY, Program.KUBE_APISERVER, Program.KUBE_CONTROLLER_MANAGER, Program.ETCD)
_FLANNEL = (Program.FLANNELD, Program.BRIDGE, Program.HOST_LOCAL, Program.PORTMAP, Program.LOOPBACK)


def needed(profile: Profile) -> tuple[Program, ...]:
    """The programs that a lab of this profile runs."""
    match profile.network:
        case NetworkName.FLANNEL:
            return (*_CLUSTER, *_FLANNEL)
        case NetworkName.CALICO:
            return _CLUSTER
        case _:
            assert_never(profile.network)
