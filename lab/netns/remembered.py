"""How many clients nodes remember for session affinity in iptables mode: in lists of the kernel's match `recent`.

Each list, one for an endpoint, has room for ip_list_tot clients (xt_recent's parameter, 100 by default), and forgets
the one that was seen longest ago for the next. Only root may read the parameter; how full lists are, anybody.
"""

from pathlib import Path

from lab.model import NODES
from lab.netns.namespaces import Namespaces

_LISTS = Path("/proc/thread-self/net/xt_recent")


def most_remembered(namespaces: Namespaces, lists: Path = _LISTS) -> int | None:
    """The clients in the fullest list of any node; None where no node has a list."""
    sizes: list[int] = []
    for node in NODES:
        with namespaces.inside(node):
            found = lists.iterdir() if lists.is_dir() else ()
            sizes += [len(each.read_text().splitlines()) for each in found]
    return max(sizes, default=None)
