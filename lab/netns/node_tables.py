"""What the kernel of a place routes by, in the words of `ip` and `bridge`; and which of it carries a packet on."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Address

from lab.api import Carrier, NodeTables, PathEntry
from lab.commands import run
from lab.model import Place
from lab.netns.namespaces import Namespaces

_MULTICAST = ("33:33:", "01:00:5e:")


def tables(namespaces: Namespaces, node: Place) -> NodeTables:
    """All that a node routes by; of forwarding entries only those that lead to one place."""
    name = namespaces.name(node)
    return NodeTables(
        node=node,
        interfaces=_lines(["ip", "-n", name, "-4", "-brief", "address", "show"]),
        rules=_lines(["ip", "-n", name, "rule", "show"]),
        routes=_lines(["ip", "-n", name, "route", "show"]),
        neighbours=_lines(["ip", "-n", name, "neighbour", "show"]),
        forwarding=tuple(
            line for line in _lines(["bridge", "-n", name, "fdb", "show"]) if not line.startswith(_MULTICAST)
        ),
    )


def carriers(namespaces: Namespaces, place: Place, destination: IPv4Address) -> Iterator[PathEntry]:
    """By which entries a place sends on what is for an address, as its kernel looks them up now.

    The route, its interface, the neighbour that it leads to; where that is behind a bridge or a tunnel, the forwarding
    entry; then, for what the tunnel sends, the same again.
    """
    name = namespaces.name(place)
    [route, *_] = _lines(["ip", "-n", name, "route", "get", "fibmatch", str(destination)])
    yield PathEntry(place, Carrier.ROUTE, route)
    words = route.split()
    device, hop = _behind(words, "dev"), _behind(words, "via") or str(destination)
    [link] = json.loads(run(["ip", "-n", name, "-json", "-details", "link", "show", "dev", device]))
    yield PathEntry(place, Carrier.INTERFACE, _link_words(link))
    for neighbour in _lines(["ip", "-n", name, "neighbour", "show", "to", hop, "dev", device]):
        yield PathEntry(place, Carrier.NEIGHBOUR, neighbour)
        yield from _forwarded(namespaces, place, link, _behind(neighbour.split(), "lladdr"))


def _forwarded(
    namespaces: Namespaces, place: Place, link: dict[str, object], mac: str
) -> Iterator[PathEntry]:
    """The entry of a bridge or a tunnel for a MAC, and what carries the tunnel's own packets."""
    shown = ["bridge", "-n", namespaces.name(place), "fdb", "show"]
    match _kind(link):
        case "bridge":
            shown += ["br", str(link["ifname"])]
        case "vxlan":
            shown += ["dev", str(link["ifname"])]
        case _:
            return
    for entry in (line for line in _lines(shown) if line.split()[0] == mac):
        yield PathEntry(place, Carrier.FORWARDING, entry)
        outer = _behind(entry.split(), "dst")
        if outer:
            yield from carriers(namespaces, place, IPv4Address(outer))


def _link_words(link: dict[str, object]) -> str:
    """An interface's name and MTU, its kind, and of a tunnel what it sends from, in the words of `ip link`."""
    said = [f"{link['ifname']} mtu {link['mtu']} {_kind(link)}"]
    data = _info(link).get("info_data")
    if _kind(link) in ("vxlan", "ipip") and isinstance(data, dict):
        names = {"id": "id", "local": "local", "link": "dev", "port": "dstport"}
        said += [f"{word} {data[name]}" for name, word in names.items() if name in data]
    return " ".join(said)


def _kind(link: dict[str, object]) -> str:
    return str(_info(link).get("info_kind", ""))


def _info(link: dict[str, object]) -> dict[str, object]:
    info = link.get("linkinfo")
    return info if isinstance(info, dict) else {}


def _behind(words: list[str], word: str) -> str:
    """What stands behind a word in the line of a tool; empty where the word does not stand there."""
    return words[words.index(word) + 1] if word in words[:-1] else ""


def _lines(command: list[str]) -> tuple[str, ...]:
    """What a command prints, without its alignment and without empty lines."""
    return tuple(" ".join(line.split()) for line in run(command).splitlines() if line.split())
