"""The faults of a listing of kube-proxy's nftables table. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence

from lab.rules.ruleset import Form, Ruleset, Spot
from svcproof.sabotage.edits import Edit, swapped, without
from svcproof.sabotage.elements import element_edits
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.surroundings import Surroundings, another_port

_OWNER = re.compile(r"default/(?P<service>[a-z0-9-]+)[/:]")
_MARK = "meta mark set meta mark | 0x00004000"
_MATCH = re.compile(
    r"ct (?:state|status) \S+ "
    r"|ip [sd]addr (?:!= )?(?:@\S+|\{[^}]*\}|\d\S*) "
    r"|ip saddr \. ip daddr \. meta l4proto \. th dport @\S+ "
    r"|fib saddr type local |iifname (?:!= )?\S+ |meta mark & \S+ != \S+ "
)
_PROTOCOL = re.compile(r"meta l4proto (?:tcp|udp|sctp) ")
_DNAT = re.compile(r"\bdnat (?:ip )?to ")
_CHOICE = re.compile(r"numgen random mod (?P<count>\d+) (?P<map>v?map) \{ (?P<of>[^}]*) \}")
_TARGET = re.compile(r"(?P<address>\d+\.\d+\.\d+\.\d+)(?P<between> \. |:)(?P<port>\d+)")
_SOURCES = re.compile(r"ip saddr != \{ (?P<of>[^}]*) \}")
_REJECT = re.compile(r"\breject\b(?: with \S+(?: \S+)?)?(?= comment|$)")
_DROP = re.compile(r"\bdrop\b(?= comment|$)")
_LEARN = re.compile(r"^update (?P<set>@\S+) \{ ip saddr \}")
_JUMP = re.compile(r"(?P<verb>goto|jump) (?P<form>service|local|external)-(?P<rest>\S+)")


def faults(rules: Ruleset, known: Surroundings) -> Iterator[Fault]:
    """Every fault of the rules that were written for the Services under test, and of those that all share."""
    chains = {block.spot.name for block in rules.blocks if block.spot.form is Form.CHAIN}
    for spot, entry in rules.written():
        service = _service(spot, entry, known)
        if service is None:
            continue
        where = known.words(f"{spot.form} {spot.name}: {entry}")
        beside = rules.entries(spot)
        is_rule = spot.form is Form.CHAIN
        edits = _edits(entry, known, chains) if is_rule else element_edits(spot, entry, beside, chains, known)
        for edit in edits:
            change = f"{where} -> {known.words(edit.says)}"
            yield Fault(edit.kind, spot, entry, edit.becomes, change, service, owned="/" in spot.name)


def _service(spot: Spot, entry: str, known: Surroundings) -> str | None:
    """The Service of an entry; nothing where it is shared, None where it is of a Service that is not under test."""
    owner = _OWNER.search(spot.name) or _OWNER.search(entry)
    if owner:
        return owner["service"] if owner["service"] in known.services else None
    if spot.form is Form.SET and spot.name == "cluster-ips":
        return known.service_of(entry) or None
    return ""


def _edits(rule: str, known: Surroundings, chains: Collection[str]) -> Iterator[Edit]:
    yield Edit(_kind_of_deletion(rule), (), "nothing")
    if _DNAT.search(rule):
        yield Edit(Kind.ADD_MARK, (_MARK, rule), "with the mark set before it")
        yield from _other_targets(rule, known)
    yield from _chances(rule)
    yield from _widened(rule)
    yield from _narrowed(rule, known)
    yield from _fewer_sources(rule)
    for changed in swapped(rule, _REJECT, "drop"):
        yield Edit(Kind.REJECT_TO_DROP, (changed,), "drop")
    for changed in swapped(rule, _DROP, "reject"):
        yield Edit(Kind.DROP_TO_REJECT, (changed,), "reject")
    yield from _other_chains(rule, chains)
    yield from _other_time_outs(rule)


def _kind_of_deletion(rule: str) -> Kind:
    if rule.startswith(_MARK) or (" meta mark set meta mark | " in rule):
        return Kind.DROP_MARK
    return Kind.FORGET_AFFINITY if _LEARN.match(rule) else Kind.DELETE


def _other_time_outs(rule: str) -> Iterator[Edit]:
    """A client is remembered for another time than its set says, or from its first connection on."""
    for changed in swapped(rule, _LEARN, r"update \g<set> { ip saddr timeout 1s }"):
        yield Edit(Kind.TIME_OUT, (changed,), "for a second")
    for changed in swapped(rule, _LEARN, r"update \g<set> { ip saddr timeout 1d }"):
        yield Edit(Kind.TIME_OUT, (changed,), "for a day")
    for changed in swapped(rule, _LEARN, r"add \g<set> { ip saddr }"):
        yield Edit(Kind.TIME_OUT, (changed,), "from the first time on")


def _other_targets(rule: str, known: Surroundings) -> Iterator[Edit]:
    targets = list(_TARGET.finditer(rule))
    taken = [target["address"] for target in targets]
    for target in targets:
        before, after = rule[: target.start()], rule[target.end() :]
        for pod in known.other_pods(taken):
            elsewhere = f"{pod}{target['between']}{target['port']}"
            yield Edit(Kind.OTHER_ENDPOINT, (before + elsewhere + after,), f"{target.group()} is {elsewhere}")
        port = another_port(target["port"])
        other = f"{target['address']}{target['between']}{port}"
        yield Edit(Kind.OTHER_PORT, (before + other + after,), f"{target.group()} is {other}")


def _chances(rule: str) -> Iterator[Edit]:
    choice = _CHOICE.search(rule)
    if choice is None:
        return
    count, members = int(choice["count"]), choice["of"].split(", ")

    def instead(modulus: int, of: Sequence[str]) -> tuple[str, ...]:
        chosen = f"numgen random mod {modulus} {choice['map']} {{ {', '.join(of)} }}"
        return (rule[: choice.start()] + chosen + rule[choice.end() :],)

    yield Edit(Kind.PROBABILITY, instead(count + 1, members), "one choice in n + 1 leads nowhere")
    if count > 1:
        yield Edit(Kind.PROBABILITY, instead(1, members[:1]), "always the first")
        yield Edit(Kind.PROBABILITY, instead(count, members[:-1]), "the last is missing")
        favoured = members[0].partition(" : ")[2]
        more = [f"{number} : {favoured}" for number in range(count, 2 * count)]
        yield Edit(Kind.PROBABILITY, instead(2 * count, [*members, *more]), "the first n + 1 times as often")


def _widened(rule: str) -> Iterator[Edit]:
    for left, taken in without(rule, _MATCH):
        yield Edit(Kind.WIDEN, (left,), f"without `{taken}`")
    # A translation of ports needs to know of a protocol that it has ports.
    every = "meta l4proto { tcp, udp, sctp } " if _DNAT.search(rule) else ""
    for changed in swapped(rule, _PROTOCOL, every):
        yield Edit(Kind.WIDEN, (changed,), "for every protocol")


def _narrowed(rule: str, known: Surroundings) -> Iterator[Edit]:
    if "ip saddr" in rule or _LEARN.match(rule):
        return
    yield Edit(Kind.NARROW, (f"ip saddr {known.local} {rule}",), "for pods only")
    yield Edit(Kind.NARROW, (f"ip saddr != {known.local} {rule}",), "for all but pods")


def _fewer_sources(rule: str) -> Iterator[Edit]:
    """Each of the sources that a firewall lets through is taken off its list."""
    listed = _SOURCES.search(rule)
    if listed is None:
        return
    members = listed["of"].split(", ")
    for member in members if len(members) > 1 else ():
        left = ", ".join(each for each in members if each != member)
        changed = rule.replace(listed["of"], left)
        yield Edit(Kind.NARROW, (changed,), f"without the source {member}")


def _other_chains(rule: str, chains: Collection[str]) -> Iterator[Edit]:
    """A jump to a Service's chain leads to another chain of the same Service."""
    jump = _JUMP.search(rule)
    if jump is None:
        return
    other = {"service": "local", "local": "service"}.get(jump["form"], "")
    target = f"{other}-{jump['rest']}"
    if target in chains:
        changed = rule[: jump.start()] + f"{jump['verb']} {target}" + rule[jump.end() :]
        yield Edit(Kind.OTHER_ENDPOINT, (changed,), f"{jump['verb']} {target}")
