"""The edits of elements: of nftables' sets, and of the maps that say where an address leads. Pure."""

import re
from collections.abc import Collection, Iterator

from lab.rules.ruleset import Form, Spot
from svcproof.sabotage.edits import Edit
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.surroundings import Surroundings

_ELEMENT = re.compile(r'(?P<key>.*?)(?P<remark> comment "[^"]*")? : (?P<verdict>.*)')
_PORT = re.compile(r"\d+$")
_PROTOCOL = re.compile(r"\b(?:tcp|udp)\b")
_CHAIN = re.compile(r"goto (?P<form>service|local|external)-(?P<rest>\S+)")
_SWAPS = (
    ("service", "external", Kind.ADD_MARK),
    ("external", "service", Kind.DROP_MARK),
    ("external", "local", Kind.OTHER_ENDPOINT),
    ("service", "local", Kind.OTHER_ENDPOINT),
    ("local", "service", Kind.OTHER_ENDPOINT),
    ("local", "external", Kind.ADD_MARK),
)


def element_edits(
    spot: Spot, element: str, beside: Collection[str], chains: Collection[str], known: Surroundings
) -> Iterator[Edit]:
    """What can be done to an element. beside: all elements of its set or map."""
    yield Edit(Kind.DELETE, (), "nothing")
    found = _ELEMENT.fullmatch(element)
    if spot.form is Form.MAP and found is not None:
        yield from _other_keys(element, found["key"], found["verdict"], beside)
        yield from _other_verdicts(found["key"], found["verdict"], chains)
    if spot.name == "nodeport-ips":
        for which, other in known.other_addresses_beside(element).items():
            if other not in beside:
                yield Edit(Kind.WIDEN, (element, other), f"and its {which} address")


def _other_keys(element: str, key: str, verdict: str, beside: Collection[str]) -> Iterator[Edit]:
    taken = {found["key"] for each in beside if (found := _ELEMENT.fullmatch(each))}
    protocol = _PROTOCOL.sub(lambda name: "udp" if name.group() == "tcp" else "tcp", key)
    port = _PORT.sub(lambda digits: str(int(digits.group()) + 1), key)
    if protocol not in taken:
        yield Edit(Kind.WIDEN, (element, f"{protocol} : {verdict}"), "and the other protocol")
    if port not in taken:
        yield Edit(Kind.WIDEN, (element, f"{port} : {verdict}"), "and the port after it")
        yield Edit(Kind.OTHER_PORT, (f"{port} : {verdict}",), "the port after it instead")


def _other_verdicts(key: str, verdict: str, chains: Collection[str]) -> Iterator[Edit]:
    if verdict == "goto reject-chain":
        yield Edit(Kind.REJECT_TO_DROP, (f"{key} : drop",), "drop")
    if verdict == "drop":
        yield Edit(Kind.DROP_TO_REJECT, (f"{key} : goto reject-chain",), "goto reject-chain")
    leads = _CHAIN.match(verdict)
    if leads is None:
        return
    for form, instead, kind in _SWAPS:
        target = f"{instead}-{leads['rest']}"
        if leads["form"] == form and target in chains:
            yield Edit(kind, (f"{key} : goto {target}",), f"goto {target}")
