"""Calico's documented data path, of the same kind of parts, where Calico's own programs are not to be had."""

from ipaddress import IPv4Address
from typing import assert_never

from lab.api import Deviation, ProgramFacts
from lab.commands import run
from lab.model import NODES, Place
from lab.netns.daemon import Daemon
from lab.netns.interfaces import PodInterfaces
from lab.netns.kube_proxy import lock_of_its_own
from lab.networks.calico import addressing, bird, masquerade, pods, tunnel
from lab.networks.network import Check, Site
from lab.profiles import Encapsulation, ProxyMode

_OF_THE_LAB = "Calico's data path is built by the lab: felix, calico-node and Calico's CNI plugins do not run"
_DEVIATIONS = (
    Deviation(
        "each node has one block of pod addresses, the first of its podCIDR, and no network policy is enforced",
        "Calico's IPAM chooses blocks of the pool as it likes; kube-proxy's answers do not rest on either",
    ),
)


class CalicoDatapath:
    """lab.networks.network.Network: veths without a bridge, BGP by BIRD or VXLAN, natOutgoing.

    because: why Calico's own programs do not run.
    """

    def __init__(self, site: Site, because: str) -> None:
        self._site = site
        self._because = because

    @property
    def pod_interfaces(self) -> PodInterfaces:
        """cali* towards each pod. Nothing is a bridge; the name is one that no interface has."""
        return PodInterfaces(prefix=addressing.POD_PREFIX, bridge="cni0")

    def start(self) -> tuple[Daemon, ...]:
        """Makes the tunnels and the rules of natOutgoing; starts BIRD where routes are announced by BGP."""
        encapsulation = self._site.encapsulation
        for node in NODES:
            tunnel.make(self._site.namespaces, node, encapsulation)
            self._masquerade(node)
        # With VXLAN Calico needs no BGP: felix writes the routes to the blocks of other nodes.
        return () if encapsulation is Encapsulation.VXLAN else self._start_bird()

    def wait(self, check: Check) -> None:
        """Pods can be attached at any time."""
        check()

    def attach(self, pod: Place) -> IPv4Address:
        """Links a pod to its node."""
        return pods.attach(self._site.namespaces, pod, addressing.mtu(self._site.encapsulation))

    def says(self) -> str:
        """Calico, that it is the data path only, and how packets travel between nodes."""
        match self._site.encapsulation:
            case Encapsulation.NONE:
                way = "no encapsulation, routes by BGP"
            case Encapsulation.IPIP:
                way = "ipip, routes by BGP"
            case Encapsulation.VXLAN:
                way = "vxlan"
            case _:
                assert_never(self._site.encapsulation)
        return f"calico (its data path, not its programs: {self._because}), {way}"

    def programs(self) -> tuple[ProgramFacts, ...]:
        """None: BIRD, ipset and nft are tools of the machine."""
        return ()

    def deviations(self) -> tuple[Deviation, ...]:
        """What the lab does in place of Calico's programs."""
        why = f"{self._because}; links, routes, sysctls, rules and BGP are what Calico's documentation says"
        return (Deviation(_OF_THE_LAB, why), *_DEVIATIONS)

    def _start_bird(self) -> tuple[Daemon, ...]:
        path, site = bird.program(), self._site
        daemons = []
        for node in NODES:
            file = site.state / f"bird-{node}.conf"
            file.write_text(bird.configuration(node, site.encapsulation))
            argv = bird.command(path, file, site.state, node)
            daemons.append(site.launcher.start(f"bird-{node}", node, argv))
        return tuple(daemons)

    def _masquerade(self, node: Place) -> None:
        name = tunnel.device(self._site.encapsulation)
        with self._site.namespaces.inside(node):
            match self._site.mode:
                case ProxyMode.IPTABLES:
                    run(["ipset", "restore"], stdin=masquerade.IPSETS)
                    run(
                        ["iptables-restore", "--noflush"],
                        stdin=masquerade.iptables_rules(name),
                        environ=lock_of_its_own(self._site.state, node),
                    )
                case ProxyMode.NFTABLES:
                    run(["nft", "-f", "-"], stdin=masquerade.nft_rules(name))
                case _:
                    assert_never(self._site.mode)
