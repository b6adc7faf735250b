"""What stands on the page already: many claims ask about one Service, and what is alike need be there but once."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from conformance.results import ClaimResult, Verdict
from lab.api import Rule

_SERVICE = re.compile(r"^  name: (\S+)$", re.MULTILINE)
_CONTEXT = 0
"""Lines that are shown before and after a line that differs."""
_ROUGHLY = 0.75
"""A difference that is longer than this part of the whole is no help: then the whole is shown."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A place of the page that shows this already.

    changes: in what it differs there, as lines of a diff (` `, `-` there, `+` here); empty where in nothing.
    handles: those that its rules have here, where they have others.
    """

    place: str
    changes: tuple[str, ...] = ()
    handles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shown:
    place: str
    lines: tuple[str, ...]
    handles: tuple[int, ...]


class Repeats:
    """Remembers what claims have shown, in the order in which they are written. Only a claim that passed may lean."""

    def __init__(self) -> None:
        self._whole: dict[Hashable, _Shown] = {}
        self._alike: dict[Hashable, list[_Shown]] = {}

    def manifests(self, claim: ClaimResult, place: str) -> Earlier | None:
        """Where the manifests of this claim stand already, in whichever run; None where they must stand here."""
        shown = _Shown(place, tuple(claim.manifests.splitlines()), ())
        return self._earlier(claim, "manifests", shown)

    def rules(self, claim: ClaimResult, place: str, run: str, rules: Sequence[Rule]) -> Earlier | None:
        """Where these rules stand already: a node that writes them anew gives them other handles, and nothing else."""
        lines = tuple(f"{rule.table}, {rule.chain}: {rule.text}" for rule in rules)
        return self._earlier(
            claim, (run, "rules"), _Shown(place, lines, tuple(rule.handle for rule in rules))
        )

    def _earlier(self, claim: ClaimResult, kind: Hashable, shown: _Shown) -> Earlier | None:
        """The whole if it stands somewhere, or else what stands of the same Service with what differs."""
        same = self._whole.setdefault((kind, shown.lines), shown)
        if claim.verdict is Verdict.PASS and same.place != shown.place:
            return Earlier(same.place, (), () if same.handles == shown.handles else shown.handles)
        alike = self._alike.setdefault((kind, _service(claim)), [])
        if claim.verdict is Verdict.PASS and alike:
            found = ((_changes(each.lines, shown.lines), each) for each in alike)
            changes, like = min(found, key=lambda pair: _bytes(pair[0]))
            if _bytes(changes) < _ROUGHLY * _bytes(shown.lines):
                return Earlier(like.place, changes, shown.handles)
        if same is shown:
            alike.append(shown)
        return None


def _service(claim: ClaimResult) -> str:
    """The name of the Service that a claim's manifests begin with."""
    name = _SERVICE.search(claim.manifests)
    return name[1] if name else ""


def _changes(there: Sequence[str], here: Sequence[str]) -> tuple[str, ...]:
    """A diff without its head; `@@` stands where lines that are alike are left out."""
    found = list(unified_diff(there, here, n=_CONTEXT, lineterm=""))[3:]
    return tuple("@@" if line.startswith("@@") else line for line in found)


def _bytes(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
