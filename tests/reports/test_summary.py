"""The sentence, the counts, the order and the notices."""

from dataclasses import replace

import pytest

from conformance.outcome import Changed, Dropped, Fate, Forwarded, Lost, Outcome, Unstable
from conformance.results import Run, Verdict
from conformance.tier import Tier
from lab.model import Place
from reports.catalogue import entries, families
from reports.document import shown
from reports.rerun import rerun_command
from reports.summary import LONGEST, concerns, counts, notices, observed_words, sentence
from tests.reports.sample import (
    bad_port,
    empty_run,
    interrupted_run,
    lab_error,
    large_run,
    moved,
    not_run,
    reached,
    refused,
    sample_run,
    stale,
)
from tests.reports.sample_lab import a_lab


def _run_of(**numbers: int) -> Run:
    claims = tuple(
        replace(reached(), verdict=Verdict[name.upper()])
        for name, number in numbers.items()
        for _ in range(number)
    )
    return replace(sample_run(), claims=claims)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(
            _run_of(**{"pass": 22}, known_difference=2),
            "24 behaviours: 22 as documented, 2 known differences, 0 fail, 0 not observed",
            id="good",
        ),
        pytest.param(
            _run_of(fail=1),
            "1 behaviour: 0 as documented, 0 known differences, 1 fails, 0 not observed",
            id="one",
        ),
        pytest.param(
            sample_run(),
            "10 behaviours: 3 as documented, 1 known difference, 1 stale difference, 2 fail, "
            "3 not observed (1 lab error, 1 not supported, 1 not run)",
            id="every verdict",
        ),
        pytest.param(
            interrupted_run(),
            "1 behaviour (interrupted): 0 as documented, 0 known differences, 0 fail, 1 not observed (1 not run)",
            id="interrupted",
        ),
        pytest.param(empty_run(), "0 behaviours: nothing was observed", id="empty"),
    ],
)
def test_the_sentence_counts(run: Run, expected: str) -> None:
    """The sentence accounts for every claim of the run."""
    assert sentence(run) == expected


def test_counts_have_every_verdict() -> None:
    """Counts add up to the claims, and a verdict that nobody got is there with 0."""
    found = counts(_run_of(fail=3))
    assert set(found) == set(Verdict)
    assert found[Verdict.FAIL] == sum(found.values()) == 3


def test_concerns_are_ordered_by_urgency() -> None:
    """Fail, stale, lab error, not supported, not run, known; and never a pass."""
    assert [concern.verdict for concern in concerns(sample_run())] == [
        Verdict.FAIL,
        Verdict.STALE_DIFFERENCE,
        Verdict.LAB_ERROR,
        Verdict.NOT_SUPPORTED,
        Verdict.NOT_RUN,
        Verdict.KNOWN_DIFFERENCE,
    ]


def test_long_concerns_are_cut_openly() -> None:
    """A summary lists so many claims of a verdict and says how many more there are."""
    (concern,) = concerns(_run_of(not_run=LONGEST + 7))
    assert (len(concern.shown), concern.left) == (LONGEST, 7)


def test_an_empty_observation_is_said() -> None:
    """A run whose claims are all lab errors observed nothing."""
    assert notices(_run_of(lab_error=2)) == (
        "Nothing was observed. This run says nothing about iptables-flannel.",
    )


def test_a_lossy_capture_is_said() -> None:
    """Packets that a capture lost weaken every claim of silence."""
    lab = a_lab("lab-7")
    lossy = replace(lab, figures=replace(lab.figures, dropped=12))
    (notice,) = notices(replace(sample_run(), labs=(lossy,)))
    assert notice.startswith("The capture of lab-7 lost 12 packets")


LOST = Lost(Dropped())


@pytest.mark.parametrize(
    ("observed", "is_said"),
    [
        (LOST, True),
        (Changed(Forwarded(Place.ROUTER), LOST), True),
        (Changed(LOST, Forwarded(Place.ROUTER)), True),
        (Unstable((Fate(Forwarded(Place.ROUTER), 1), Fate(LOST, 1))), True),
        (Dropped(), False),
        (Changed(Forwarded(Place.ROUTER), Dropped()), False),
        (Unstable((Fate(Dropped(), 1),)), False),
    ],
    ids=str,
)
def test_sentinels_that_were_lost_are_said(observed: Outcome, *, is_said: bool) -> None:
    """Of how many claims, for all or for some of their probes; the network is to be looked at before any Service."""
    run = replace(sample_run(), claims=(replace(moved(), observed=observed), reached()))
    assert [notice.startswith("In 1 claim the sentinels") for notice in notices(run)] == [True] * is_said


def test_observed_words() -> None:
    """What was observed is said for each verdict, and silence is never taken for it."""
    assert observed_words(reached()) == "as expected"
    assert observed_words(stale()) == "as expected: the known difference is gone"
    assert observed_words(bad_port()) == "forwarded untranslated to router"
    assert observed_words(moved()) == str(moved().observed)
    assert observed_words(lab_error()) == "not observed: kube-proxy of worker-c ended by itself"
    assert observed_words(not_run()) == "not observed"


def test_core_comes_first() -> None:
    """Core requirements lead their family, and families that have one lead the others."""
    extended = replace(refused().requirement, id="x", family="Extras", tier=Tier.EXTENDED)
    late_core = replace(extended, id="y", family="ClusterIP", tier=Tier.CORE)
    claims = [
        replace(refused(), id="x.one", requirement=extended),
        bad_port(),
        replace(refused(), id="y.one", requirement=late_core),
        reached(),
    ]
    found = families(shown([replace(sample_run(), claims=tuple(claims))]))
    assert [family.name for family in found] == ["ClusterIP", "Extras"]
    assert [chapter.requirement.id for chapter in found[0].chapters] == ["y", "cip-reach", "cip-badport"]


def test_requirements_stand_as_in_the_catalogue() -> None:
    """In whichever order they were run; without a catalogue, in that order."""
    run = sample_run()
    known = tuple(dict.fromkeys(claim.requirement for claim in run.claims))
    turned = replace(run, catalogue=known[::-1])
    families_of = [[family.name for family in families(shown([each]))] for each in (run, turned)]
    assert families_of[0] == list(dict.fromkeys(requirement.family for requirement in known))
    assert families_of[1] == list(dict.fromkeys(requirement.family for requirement in known[::-1]))


def test_no_claim_is_lost_in_families() -> None:
    """Every claim of a run is in one chapter."""
    run = large_run(100)
    found = entries(families(shown([run])))
    assert sorted(claim.id for claim in found) == sorted(claim.id for claim in run.claims)


def test_the_command_is_quoted() -> None:
    """A claim id that a shell would take apart is quoted."""
    claim = replace(reached(), id="cip.a b")
    assert rerun_command(sample_run(), claim) == "svcproof run iptables-flannel --claim 'cip.a b'"
