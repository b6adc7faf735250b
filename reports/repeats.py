"""What stands on the page already: many claims ask about one Service, and what is alike need be there but once."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby

from conformance.results import ClaimResult, Way
from lab.api import Rule
from reports.catalogue import Entry
from reports.claim_parts import SHOWS_ALL, sightings
from reports.names import Names, cost, renamed, without_names
from reports.place import Place

_SERVICE = re.compile(r"^  name: (\S+)$", re.MULTILINE)
_OWN_CHAIN = re.compile(r"/|-[A-Z2-7]{16}$")
"""A chain that is of one Service or endpoint: nftables mode has its name in the chain's, iptables mode a hash of it."""
_ENDPOINT = re.compile(r"^(?=- addresses:|ports:)", re.MULTILINE)
"""Where an endpoint of an EndpointSlice begins, and where they end: they have no order."""
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\dT[\d:]+Z'")
_CONTEXT = 0
"""Lines that are shown before and after a line that differs."""
_ROUGHLY = 0.75
"""A difference that is longer than this part of the whole is no help: then the whole is shown."""
_LINK = 40
"""About as many characters as it takes to lead to another run instead of to this."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A place of the page that shows this already.

    names: what is called otherwise there and here. changes: in what else it differs there, as lines of a diff
    (` `, `-` there, `+` here); empty where in nothing. handles: those that its rules have here, where they have others,
    as the rules follow each other there; is_reordered: here they follow each other otherwise.
    """

    place: Place
    names: Names = ()
    changes: tuple[str, ...] = ()
    handles: tuple[int, ...] = ()
    is_reordered: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing but an order is other here."""
        return not (self.names or self.changes or self.handles)


@dataclass(frozen=True, slots=True)
class _Shown:
    """order: of the parts (rules, endpoints), sorted as if names were none. handles: of the rules of each part."""

    place: Place
    parts: tuple[str, ...]
    handles: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]

    @property
    def size(self) -> int:
        return _characters(self.parts)

    @property
    def all_handles(self) -> tuple[int, ...]:
        return tuple(handle for part in self.handles for handle in part)

    @property
    def sorted_text(self) -> str:
        return "\n".join(self.parts[index] for index in self.order)

    @property
    def lines(self) -> list[str]:
        return [line for part in self.parts for line in part.splitlines()]


class Repeats:
    """Remembers what claims have shown, in the order in which they are written. A claim that fails leans on none."""

    def __init__(self) -> None:
        self._whole: dict[Hashable, _Shown] = {}
        self._alike: dict[Hashable, list[_Shown]] = {}

    def manifests(self, entry: Entry, here: Sequence[Place]) -> tuple[Earlier | None, ...]:
        """Where the manifests of each run's part stand already, in whichever run; None where they must stand here.

        The moments that the API wrote into them are not compared.
        """
        return tuple(
            self._manifests(claim, place) if claim.manifests else None
            for (_, claim), place in zip(entry.results, here, strict=True)
        )

    def _manifests(self, claim: ClaimResult, place: Place) -> Earlier | None:
        parts = tuple(_ENDPOINT.split(_MOMENT.sub("''", claim.manifests)))
        order = [
            index
            for is_endpoint, group in groupby(
                range(len(parts)), key=lambda index: parts[index].startswith("-")
            )
            for index in (sorted(group, key=lambda index: _nameless(parts[index])) if is_endpoint else group)
        ]
        return self._earlier(claim, "manifests", _Shown(place, parts, (), tuple(order)))

    def rules(self, claim: ClaimResult, place: Place, rules: Sequence[Rule]) -> Earlier | None:
        """Where these rules stand already: a node that writes them anew gives them other handles, and nothing else.

        Or those of its Services follow each other otherwise. The rules of a chain of its own keep their order.
        """
        units = list(_units(rules))
        parts = tuple(
            "\n".join(f"{rule.table}, {rule.chain}: {rule.text}" for rule in unit) for unit in units
        )
        handles = tuple(tuple(rule.handle for rule in unit) for unit in units)
        order = sorted(range(len(parts)), key=lambda index: _nameless(parts[index]))
        return self._earlier(claim, "rules", _Shown(place, parts, handles, tuple(order)))

    def wire(self, claim: ClaimResult, place: Place, way: Way) -> Earlier | None:
        """Where a probe of the same run was seen at the same places, in the same order and with the same packets."""
        text = sightings(way)
        alike = self._alike.setdefault((place.run, without_names(text)), [])
        shown = _Shown(place, (text,), (), (0,))
        found = _but_for_names(alike, shown) if claim.verdict not in SHOWS_ALL else None
        if found is None:
            alike.append(shown)
        return found

    def _earlier(self, claim: ClaimResult, kind: str, shown: _Shown) -> Earlier | None:
        """The whole if it stands somewhere, or else what stands of the same Service with what differs."""
        same = self._whole.setdefault((kind, shown.parts), shown)
        if claim.verdict not in SHOWS_ALL and same is not shown:
            return _as_there(same, shown)
        alike = self._alike.setdefault((kind, _service(claim)), [])
        if claim.verdict not in SHOWS_ALL:
            found = _but_for_names(alike, shown) or _but_for_lines(alike, shown)
            if found is not None:
                return found
        if same is shown:
            alike.append(shown)
        return None


def one_claim(found: Sequence[Earlier | None], here: Sequence[Place]) -> Place | None:
    """The one claim that has shown, run by run, what all of these would; None where there is none."""
    there = [each.place if each and each.is_whole else None for each in found]
    first = there[0]
    if first is None or first.claim == here[0].claim:
        return None
    alike = all(
        place and (place.claim, place.run) == (first.claim, own.run)
        for place, own in zip(there, here, strict=True)
    )
    return first if alike else None


def _but_for_names(alike: Sequence[_Shown], shown: _Shown) -> Earlier | None:
    found = [
        _as_there(each, shown, names)
        for each in alike
        if (names := renamed(each.sorted_text, shown.sorted_text)) is not None
    ]
    best = min(found, key=lambda each: _cost(each, shown.place), default=None)
    return best if best and cost(best.names) < _ROUGHLY * shown.size else None


def _but_for_lines(alike: Sequence[_Shown], shown: _Shown) -> Earlier | None:
    """Only of the same run: of another one everything would differ."""
    found = [
        Earlier(each.place, (), _changes(each.lines, shown.lines), shown.all_handles)
        for each in alike
        if each.place.run == shown.place.run
    ]
    best = min(found, key=lambda each: _characters(each.changes), default=None)
    return best if best and _characters(best.changes) < _ROUGHLY * shown.size else None


def _as_there(there: _Shown, here: _Shown, names: Names = ()) -> Earlier:
    """But for names, and the order of parts."""
    of_part = dict(zip(there.order, here.order, strict=True))
    handles = tuple(handle for index in range(len(there.handles)) for handle in here.handles[of_part[index]])
    return Earlier(
        there.place,
        names,
        (),
        () if handles == there.all_handles else handles,
        is_reordered=there.order != here.order,
    )


def _units(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules that have an order among each other: those of one Service's chain. In shared chains each is for itself."""
    for (_, chain), group in groupby(rules, key=lambda rule: (rule.table, rule.chain)):
        if _OWN_CHAIN.search(chain):
            yield list(group)
        else:
            yield from ([rule] for rule in group)


def _nameless(text: str) -> tuple[str, str]:
    """What to sort by: first as if names were none, then by addresses before the hashes that are names of chains."""
    return without_names(text), text.partition(": ")[2]


def _cost(earlier: Earlier, here: Place) -> int:
    return cost(earlier.names) + (_LINK if earlier.place.run != here.run else 0)


def _service(claim: ClaimResult) -> str:
    """The name of the Service that a claim's manifests begin with."""
    name = _SERVICE.search(claim.manifests)
    return name[1] if name else ""


def _changes(there: Sequence[str], here: Sequence[str]) -> tuple[str, ...]:
    """A diff without its head; `@@` stands where lines that are alike are left out."""
    found = list(unified_diff(there, here, n=_CONTEXT, lineterm=""))[3:]
    return tuple("@@" if line.startswith("@@") else line for line in found)


def _characters(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
