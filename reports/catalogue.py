"""The claims of runs in the order of a catalogue: families, their requirements, the claims of each."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.outcome import Balanced, Skewed
from conformance.results import ClaimResult, Requirement, Verdict
from conformance.tier import Tier
from conformance.verdict import NOT_OBSERVED
from reports.document import Shown
from reports.summary import URGENCY
from reports.wording import flow_words


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim by its id, with what it came to in each run that has it."""

    id: str
    results: tuple[tuple[Shown, ClaimResult], ...]

    @property
    def first(self) -> ClaimResult:
        """The claim as the first run that has it tells it."""
        return self.results[0][1]

    def result_of(self, run: Shown) -> ClaimResult:
        """The claim as a run tells it that has it."""
        return next(claim for each, claim in self.results if each is run)

    @property
    def worst(self) -> Verdict:
        """The most urgent verdict of all runs."""
        return min((claim.verdict for _, claim in self.results), key=URGENCY.index)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that it came to in some run, each once, the most urgent first."""
        return tuple(sorted({claim.verdict for _, claim in self.results}, key=URGENCY.index))

    @property
    def differs(self) -> bool:
        """Whether runs came to different observations or verdicts."""
        return len({(claim.verdict, claim.observed) for _, claim in self.results}) > 1

    @property
    def has_one_requirement(self) -> bool:
        """Whether every run tells the same requirement, claim and flow in words."""
        return self._is_one(
            lambda claim: (claim.requirement, claim.claim, claim.scenario, flow_words(claim.flow))
        )

    @property
    def has_one_outcome(self) -> bool:
        """Whether it passed in every run, with the same expectation."""
        return self.worst is Verdict.PASS and self._is_one(lambda claim: (claim.expected, claim.observed))

    @property
    def has_one_plan(self) -> bool:
        """Whether as many probes were sent in every run, for the same reason."""
        return self._is_one(
            lambda claim: claim.batch and (claim.batch.size, claim.batch.false_alarm, claim.batch.reason)
        )

    @property
    def has_one_fall(self) -> bool:
        """Whether as many probes came to each outcome in every run, and none by chance."""
        return self._is_one(
            lambda claim: claim.batch and tuple(sorted(claim.batch.counts.items()))
        ) and not any(isinstance(claim.observed, Balanced | Skewed) for _, claim in self.results)

    def _is_one(self, told: Callable[[ClaimResult], Hashable]) -> bool:
        return len({told(claim) for _, claim in self.results}) == 1


@dataclass(frozen=True, slots=True)
class Chapter:
    """A requirement with its claims."""

    requirement: Requirement
    entries: tuple[Entry, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every claim passed in every run."""
        return all(entry.worst is Verdict.PASS for entry in self.entries)

    @property
    def differs(self) -> bool:
        """Whether some claim was observed to be otherwise than is documented, in whichever run."""
        sound = NOT_OBSERVED | {Verdict.PASS}
        return any(verdict not in sound for entry in self.entries for verdict in entry.verdicts)

    def verdicts(self, of: Shown) -> Sequence[tuple[Verdict, int]]:
        """How many claims of a run came to which verdict, the most urgent first."""
        found = Counter(claim.verdict for entry in self.entries for run, claim in entry.results if run is of)
        return sorted(found.items(), key=lambda item: URGENCY.index(item[0]))


@dataclass(frozen=True, slots=True)
class Family:
    """The requirements of one family, core before extended."""

    name: str
    chapters: tuple[Chapter, ...]


def families(runs: Sequence[Shown]) -> tuple[Family, ...]:
    """In the order of the catalogue: families with a core requirement before others, and core first in each.

    Where the results hold no catalogue, as the runs have them.
    """
    by_requirement: dict[str, list[Entry]] = {}
    for entry in _by_claim(runs):
        by_requirement.setdefault(entry.first.requirement.id, []).append(entry)
    by_family: dict[str, list[Chapter]] = {}
    for requirement_id in sorted(by_requirement, key=_place_in_catalogue(runs)):
        group = by_requirement[requirement_id]
        requirement = group[0].first.requirement
        by_family.setdefault(requirement.family, []).append(Chapter(requirement, tuple(group)))
    found = (Family(name, tuple(sorted(group, key=_extended))) for name, group in by_family.items())
    return tuple(sorted(found, key=lambda family: _extended(family.chapters[0])))


def _by_claim(runs: Sequence[Shown]) -> Iterator[Entry]:
    by_id: dict[str, list[tuple[Shown, ClaimResult]]] = {}
    for run in runs:
        for claim in run.run.claims:
            by_id.setdefault(claim.id, []).append((run, claim))
    for claim_id, results in by_id.items():
        yield Entry(claim_id, tuple(results))


def _place_in_catalogue(runs: Sequence[Shown]) -> Callable[[str], int]:
    """Behind all others where a requirement is in no catalogue of these runs."""
    known = dict.fromkeys(requirement.id for run in runs for requirement in run.run.catalogue)
    places = {requirement_id: number for number, requirement_id in enumerate(known)}
    return lambda requirement_id: places.get(requirement_id, len(places))


def entries(found: Iterable[Family]) -> tuple[Entry, ...]:
    """Every claim, in the order of the catalogue."""
    return tuple(entry for family in found for chapter in family.chapters for entry in chapter.entries)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the catalogue a run asked about. missing: requirements without a claim in it."""

    covered: Mapping[Tier, int]
    known: Mapping[Tier, int]
    missing: tuple[Requirement, ...]


def coverage(run: Shown) -> Coverage:
    """The coverage of a run; nothing is missing where the results do not hold the catalogue."""
    asked = {claim.requirement.id: claim.requirement for claim in run.run.claims}
    known = {requirement.id: requirement for requirement in run.run.catalogue} | asked
    return Coverage(
        covered=Counter(requirement.tier for requirement in asked.values()),
        known=Counter(requirement.tier for requirement in known.values()),
        missing=tuple(each for each in known.values() if each.id not in asked),
    )


def _extended(chapter: Chapter) -> bool:
    return chapter.requirement.tier is Tier.EXTENDED
