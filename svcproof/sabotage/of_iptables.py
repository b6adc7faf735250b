"""The faults of a save of iptables, in the chains that kube-proxy writes and the jumps that lead to them. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lab.rules.ruleset import Ruleset, Spot
from svcproof.sabotage.edits import Edit, swapped, without
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.surroundings import Surroundings, another_port

_TABLES = ("nat", "filter")
_OWNER = re.compile(r'"[^"]*?default/(?P<service>[a-z0-9-]+):(?P<port>[a-z0-9-]+)')
_CHAIN = re.compile(r"KUBE-(?P<form>SVC|SVL|EXT|FW|SEP)-(?P<hash>[A-Z2-7]{16})")
_TARGET = re.compile(r"--to-destination (?P<address>[\d.]+):(?P<port>\d+)")
_CHANCE = re.compile(r"--probability (?P<chance>[\d.]+)")
_MARK = "-j KUBE-MARK-MASQ"
_MATCH = re.compile(
    r"(?:! )?-[sd] \S+ "
    r"|-m addrtype --(?:src|dst)-type LOCAL "
    r"|-m conntrack (?:! )?--ctstate \S+ "
    r"|-m mark (?:! )?--mark \S+ "
    r"|-m recent --rcheck .*? --rsource "
    r"|--dport \d+ "
)
_PROTOCOL = re.compile(r"-p (?P<name>tcp|udp|sctp) ")
_REJECT = re.compile(r"-j REJECT(?: --reject-with \S+)?")
_LEARN = re.compile(r"-m recent --set .*? --rsource ")
_TIME_OUT = re.compile(r"--seconds \d+ ")
_SOURCE = re.compile(r"(?:^|! |\s)-s ")


@dataclass(frozen=True, slots=True)
class _Chain:
    """Whose chain it is, and what it is called in words."""

    service: str
    words: str


def faults(rules: Ruleset, known: Surroundings) -> Iterator[Fault]:
    """Every fault of the rules that were written for the Services under test, and of those that all share."""
    chains = _chains(rules)
    names = {block.spot.name for block in rules.blocks}
    for spot, rule in rules.written():
        service = _service(spot, rule, chains)
        if service is None or (service and service not in known.services):
            continue
        where = _words(f"{spot.table} {spot.name}: {rule}", chains, known)
        for edit in _edits(rule, known, names - {spot.name}):
            change = f"{where} -> {_words(edit.says, chains, known)}"
            yield Fault(edit.kind, spot, rule, edit.becomes, change, service, owned=spot.name in chains)


def _chains(rules: Ruleset) -> Mapping[str, _Chain]:
    """The chains of Services: whose, from the comments in them; an endpoint's also by where it leads."""
    found: dict[str, _Chain] = {}
    for spot, rule in rules.written():
        own, owner, target = _CHAIN.fullmatch(spot.name), _OWNER.search(rule), _TARGET.search(rule)
        if own is None or owner is None:
            continue
        leads = f" {target['address']}:{target['port']}" if target else ""
        words = f"KUBE-{own['form']}({owner['service']}:{owner['port']}{leads})"
        if target or spot.name not in found:
            found[spot.name] = _Chain(owner["service"], words)
    return found


def _service(spot: Spot, rule: str, chains: Mapping[str, _Chain]) -> str | None:
    """The Service of a rule; nothing where it is shared, None where it is none of kube-proxy's."""
    if spot.table not in _TABLES or not (spot.name.startswith("KUBE-") or "-j KUBE-" in rule):
        return None
    if spot.name in chains:
        return chains[spot.name].service
    owner = _OWNER.search(rule)
    return owner["service"] if owner else ""


def _words(text: str, chains: Mapping[str, _Chain], known: Surroundings) -> str:
    named = _CHAIN.sub(lambda it: chains[it.group()].words if it.group() in chains else it.group(), text)
    return known.words(named)


def _edits(rule: str, known: Surroundings, names: Collection[str]) -> Iterator[Edit]:
    yield Edit(Kind.DROP_MARK if _marks(rule) else Kind.DELETE, (), "nothing")
    if "-j DNAT" in rule:
        yield Edit(Kind.ADD_MARK, (_MARK, rule), "with the mark set before it")
        yield from _other_targets(rule, known)
    yield from _chances(rule)
    yield from _widened(rule)
    if not _SOURCE.search(rule):
        yield Edit(Kind.NARROW, (f"-s {known.local} {rule}",), "for pods only")
        yield Edit(Kind.NARROW, (f"! -s {known.local} {rule}",), "for all but pods")
    for changed in swapped(rule, _REJECT, "-j DROP"):
        yield Edit(Kind.REJECT_TO_DROP, (changed,), "-j DROP")
    if rule.endswith("-j DROP"):
        refuses = rule.removesuffix("DROP") + "REJECT --reject-with icmp-port-unreachable"
        yield Edit(Kind.DROP_TO_REJECT, (refuses,), "-j REJECT")
    for changed in swapped(rule, _LEARN, ""):
        yield Edit(Kind.FORGET_AFFINITY, (changed,), "without remembering the client")
    yield from _other_chains(rule, names)
    for seconds, says in ((1, "for a second"), (86_400, "for a day")):
        for changed in swapped(rule, _TIME_OUT, f"--seconds {seconds} "):
            yield Edit(Kind.TIME_OUT, (changed,), says)


def _marks(rule: str) -> bool:
    return rule.endswith((_MARK, "-j MARK --set-xmark 0x4000/0x4000"))


def _other_targets(rule: str, known: Surroundings) -> Iterator[Edit]:
    target = _TARGET.search(rule)
    if target is None:
        return
    address, port = target["address"], target["port"]
    changes = [(Kind.OTHER_PORT, f"--to-destination {address}:{another_port(port)}")]
    changes += [
        (Kind.OTHER_ENDPOINT, f"--to-destination {pod}:{port}") for pod in known.other_pods([address])
    ]
    for kind, becomes in changes:
        yield Edit(kind, (rule.replace(target.group(), becomes),), becomes)


def _chances(rule: str) -> Iterator[Edit]:
    found = _CHANCE.search(rule)
    if found is None:
        return
    chance = float(found["chance"])
    for becomes, says in ((0.0, "never"), (1.0, "always"), ((1 + chance) / 2, "half as often not")):
        changed = rule.replace(found.group(), f"--probability {becomes:.11f}")
        yield Edit(Kind.PROBABILITY, (changed,), says)


def _widened(rule: str) -> Iterator[Edit]:
    for left, taken in without(rule, _MATCH):
        yield Edit(Kind.WIDEN, (left,), f"without `{taken}`")
    protocol = _PROTOCOL.search(rule)
    # A translation of ports needs to know of a protocol that it has ports.
    if protocol is None or "-j DNAT" in rule:
        return
    module = re.compile(rf"-m {protocol['name']} (?:--dport \d+ )?")
    yield Edit(Kind.WIDEN, (_PROTOCOL.sub("", module.sub("", rule)),), "for every protocol and port")


def _other_chains(rule: str, names: Collection[str]) -> Iterator[Edit]:
    """A jump to a Service's chain leads to another chain of the same Service."""
    jump = re.search(rf"-j (?P<to>{_CHAIN.pattern})$", rule)
    if jump is None:
        return
    swaps = (
        ("SVC", "SVL", Kind.OTHER_ENDPOINT),
        ("SVL", "SVC", Kind.OTHER_ENDPOINT),
        ("EXT", "SVC", Kind.DROP_MARK),
        ("EXT", "SVL", Kind.OTHER_ENDPOINT),
        ("SVC", "EXT", Kind.ADD_MARK),
        ("FW", "EXT", Kind.WIDEN),
    )
    for form, instead, kind in swaps:
        target = f"KUBE-{instead}-{jump['hash']}"
        if jump["form"] == form and target in names:
            yield Edit(kind, (f"{rule[: jump.start()]}-j {target}",), f"-j {target}")
