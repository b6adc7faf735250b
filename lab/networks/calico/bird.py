"""BIRD of one node: announces the node's block to every other node by BGP, and writes what it learns to the kernel.

Written for BIRD 2 (https://bird.network.cz/?get_doc&v=20&f=bird-6.html), after what Calico has its own BIRD do: one
private AS, a full mesh of iBGP, the own block as a blackhole, nothing but blocks exported.
"""

import re
import shutil
from ipaddress import IPv4Network
from pathlib import Path

from lab.commands import run
from lab.errors import MissingRequirement
from lab.model import Place
from lab.netns import plan
from lab.networks.calico.addressing import AS_NUMBER, BLOCKS, peers
from lab.networks.calico.tunnel import IPIP_DEVICE
from lab.profiles import Encapsulation

_MAJOR = 2


def program() -> str:
    """The path of this machine's BIRD. MissingRequirement where there is none, or another than BIRD 2."""
    found = shutil.which("bird")
    said = "" if found is None else run([found, "--version"], merged=True).strip()
    version = re.match(r"BIRD version (\d+)", said)
    if found is None or version is None or int(version[1]) < _MAJOR:
        raise MissingRequirement(
            "Calico's data path announces its routes by BIRD 2, which this machine lacks",
            output=f"{found} says: {said}" if found else "there is no program `bird` in PATH",
            next_step="svcproof doctor --fix, or as root: apt-get install bird2",
        )
    return found


def command(path: str, configuration: Path, state: Path, node: Place) -> list[str]:
    """The command line of a node's BIRD, which stays in the foreground and logs to its standard error."""
    socket, pid = state / f"bird-{node}.ctl", state / f"bird-{node}.pid"
    return [path, "-f", "-c", str(configuration), "-s", str(socket), "-P", str(pid)]


def configuration(node: Place, encapsulation: Encapsulation) -> str:
    """bird.conf of a node."""
    own = plan.NODE_ADDRESSES[node]
    mesh = [_neighbour(node, peer) for peer in peers(node)]
    return "\n".join([_common(str(own), BLOCKS[node], _imported(encapsulation)), *mesh])


def _imported(encapsulation: Encapsulation) -> str:
    """What becomes of a learnt route: as it is, or through the tunnel to the node that announced it."""
    if encapsulation is not Encapsulation.IPIP:
        return "import all;"
    # BIRD must not look for the next hop on the tunnel's own subnet: `gw` comes last, behind `onlink`.
    return f'import filter {{ ifname = "{IPIP_DEVICE}"; onlink = true; gw = bgp_next_hop; accept; }};'


def _common(own: str, block: IPv4Network, imported: str) -> str:
    return f"""log stderr all;
debug protocols {{ states }};
router id {own};
protocol device {{ scan time 2; }}
protocol direct {{ ipv4; interface -"cali*", "*"; }}
protocol kernel {{
  ipv4 {{ import all; export filter {{ if source = RTS_DEVICE then reject; accept; }}; }};
  scan time 2;
  metric 1024;
}}
protocol static own_block {{ ipv4; route {block} blackhole; }}
template bgp mesh {{
  local {own} as {AS_NUMBER};
  ipv4 {{ {imported} export filter {{ if net = {block} then accept; reject; }}; }};
  connect delay time 1;
  connect retry time 1;
  error wait time 1,2;
}}
"""


def _neighbour(node: Place, peer: Place) -> str:
    """A session. One side of each pair waits for the other, so that there is one connection, not two."""
    name = peer.value.replace("-", "_")
    waits = " passive on;" if node < peer else ""
    return (
        f"protocol bgp {name} from mesh {{ neighbor {plan.NODE_ADDRESSES[peer]} as {AS_NUMBER};{waits} }}\n"
    )
