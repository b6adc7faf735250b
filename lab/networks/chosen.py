"""Which network a lab gets."""

from typing import assert_never

from lab.components.calico import BuiltDatapath, CalicoParts
from lab.errors import UsageError
from lab.networks.calico.datapath import CalicoDatapath
from lab.networks.calico.real import CalicoReal
from lab.networks.flannel_nodes import Flannel
from lab.networks.network import Network, Site
from lab.profiles import NetworkName


def network_on(site: Site, name: NetworkName) -> Network:
    """The network of this name, not started yet."""
    match name:
        case NetworkName.FLANNEL:
            return Flannel(site)
        case NetworkName.CALICO:
            return _calico(site)
        case _:
            assert_never(name)


def _calico(site: Site) -> Network:
    match site.calico:
        case CalicoParts() as parts:
            return CalicoReal(site, parts)
        case BuiltDatapath(because=because):
            return CalicoDatapath(site, because)
        case None:
            raise UsageError("a lab of Calico must be told what Calico is made of")
        case _:
            assert_never(site.calico)
