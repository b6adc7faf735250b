"""The tunnel of a node, as felix makes it: a device with the block's first address, and for VXLAN its peers."""

from typing import assert_never

from lab.commands import ip_batch, run
from lab.errors import CommandFailed, MissingRequirement
from lab.model import Place
from lab.netns import plan
from lab.netns.namespaces import Namespaces
from lab.networks.calico.addressing import BLOCKS, mtu, peers, tunnel_address, tunnel_mac
from lab.profiles import Encapsulation

VXLAN_DEVICE = "vxlan.calico"
IPIP_DEVICE = "tunl0"
_VXLAN_PORT, _VXLAN_ID = 4789, 4096
_FELIX = 80
"""The routing protocol number that felix signs its routes with."""


def device(encapsulation: Encapsulation) -> str:
    """The name of the tunnel device; nothing without encapsulation."""
    match encapsulation:
        case Encapsulation.NONE:
            return ""
        case Encapsulation.VXLAN:
            return VXLAN_DEVICE
        case Encapsulation.IPIP:
            return IPIP_DEVICE
        case _:
            assert_never(encapsulation)


def make(namespaces: Namespaces, node: Place, encapsulation: Encapsulation) -> None:
    """Makes a node's tunnel and, for VXLAN, the way to its peers. MissingRequirement where the kernel has none.

    Where it can, it comes after eth0: masquerading gives what leaves by an interface without an address the address
    of the first interface that has one. The lab's facts say which that is.
    """
    netns = namespaces.name(node)
    match encapsulation:
        case Encapsulation.NONE:
            return
        case Encapsulation.IPIP:
            _add_device(encapsulation, ["ip", "-n", netns, "link", "add", IPIP_DEVICE, "type", "ipip"])
            ip_batch(_addressed(node, encapsulation), netns=netns)
        case Encapsulation.VXLAN:
            _add_device(encapsulation, ["ip", "-n", netns, "link", "add", *_vxlan(node)])
            ip_batch([*_addressed(node, encapsulation), *_vxlan_routes(node)], netns=netns)
            run(["bridge", "-n", netns, "-batch", "-"], stdin="\n".join(_vxlan_forwarding(node)) + "\n")
        case _:
            assert_never(encapsulation)


def _add_device(encapsulation: Encapsulation, command: list[str]) -> None:
    try:
        run(command)
    except CommandFailed as error:
        if "File exists" in error.output:
            return  # Where the module is loaded, the kernel gives every new namespace a tunl0.
        module = {Encapsulation.IPIP: "ipip", Encapsulation.VXLAN: "vxlan"}[encapsulation]
        raise MissingRequirement(
            f"this kernel makes no tunnel for --encapsulation {encapsulation}",
            command=error.command,
            output=error.output,
            next_step=f"as root: modprobe {module}; where that finds none, another --encapsulation",
        ) from error


def _addressed(node: Place, encapsulation: Encapsulation) -> list[str]:
    name = device(encapsulation)
    return [
        f"link set {name} mtu {mtu(encapsulation)} up",
        f"addr add {tunnel_address(node)}/32 dev {name}",
    ]


def _vxlan(node: Place) -> list[str]:
    link = f"{VXLAN_DEVICE} address {tunnel_mac(node)} type vxlan id {_VXLAN_ID} dstport {_VXLAN_PORT}"
    return f"{link} local {plan.NODE_ADDRESSES[node]} dev eth0 nolearning".split()


def _vxlan_routes(node: Place) -> list[str]:
    """Per peer a route to its block by its tunnel address, and that address's MAC; the own block ends here."""
    lines = [f"route add blackhole {BLOCKS[node]} proto {_FELIX}"]
    for peer in peers(node):
        via = tunnel_address(peer)
        lines += [
            f"route add {BLOCKS[peer]} via {via} dev {VXLAN_DEVICE} onlink proto {_FELIX}",
            f"neigh replace {via} lladdr {tunnel_mac(peer)} dev {VXLAN_DEVICE} nud permanent",
        ]
    return lines


def _vxlan_forwarding(node: Place) -> list[str]:
    """Per peer the node address behind which its tunnel's MAC is."""
    return [
        f"fdb replace {tunnel_mac(peer)} dev {VXLAN_DEVICE} dst {plan.NODE_ADDRESSES[peer]} self permanent"
        for peer in peers(node)
    ]
