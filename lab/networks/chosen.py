"""Which network a lab gets."""

from typing import assert_never

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
            return CalicoDatapath(site) if site.calico is None else CalicoReal(site, site.calico)
        case _:
            assert_never(name)
