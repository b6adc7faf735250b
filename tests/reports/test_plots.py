"""The band of chance, and the dots of convergence."""

import math
from dataclasses import replace

import pytest

from conformance.outcome import Arrival, Kept, Share, Skewed, balanced
from conformance.results import Batch
from lab.model import Place
from reports.convergence import strips
from reports.distribution import band, distribution
from reports.document import shown
from tests.reports.sample import empty_run, reached, sample_run


def test_the_band_is_where_the_binomial_lies() -> None:
    """Ten throws of a coin: all but the two extreme results lie within, when one in 500 may lie outside."""
    assert band(10, 2, 1 / 500) == (1, 9)
    assert band(10, 2, 1 / 5000) == (0, 10)


@pytest.mark.parametrize(("probes", "endpoints"), [(219, 2), (473, 3), (900, 10)])
def test_the_band_leaves_out_as_little_as_it_says(probes: int, endpoints: int) -> None:
    """What lies outside has a chance below the one that was asked for, and one step narrower would not."""
    low, high = band(probes, endpoints, 1e-6)
    share = 1 / endpoints
    chances = [
        math.comb(probes, number) * share**number * (1 - share) ** (probes - number)
        for number in range(probes + 1)
    ]
    assert sum(chances[:low]) <= 0.5e-6 < sum(chances[: low + 1])
    assert sum(chances[high + 1 :]) <= 0.5e-6 < sum(chances[high:])


def test_only_claims_of_equal_shares_are_plotted() -> None:
    """A claim that is delivered to several has no band; one that asks for equal shares has."""
    even = balanced(Place.POD_B1, Place.POD_C1, source=Kept())
    batch = Batch(size=219, false_alarm=1e-6, reason="", counts={"pod-b1:8080": 100, "pod-c1:8080": 119})
    assert distribution(reached()) is None
    plotted = distribution(replace(reached(), expected=even, observed=even, batch=batch))
    assert plotted is not None
    assert [(bar.name, bar.probes) for bar in plotted.bars] == [("pod-b1:8080", 100), ("pod-c1:8080", 119)]
    assert plotted.low < min(batch.counts.values())
    assert max(batch.counts.values()) < plotted.high
    assert plotted.high_share == 1.0
    # By hand: (100 - 109.5)^2 / 109.5, twice; its tail with one degree of freedom from a printed table.
    assert plotted.statistic == pytest.approx(1.648, abs=0.001)
    assert plotted.chance == pytest.approx(0.199, abs=0.001)


def test_an_endpoint_that_got_nothing_has_a_bar() -> None:
    """Where a share is missing altogether it is drawn as nothing, and counts in the statistic."""
    even = balanced(Place.POD_B1, Place.POD_C1, source=Kept())
    batch = Batch(size=219, false_alarm=1e-6, reason="", counts={"pod-b1:8080": 219})
    skewed = Skewed((Share(Arrival(Place.POD_B1, 8080, Kept()), 219),))
    plotted = distribution(replace(reached(), expected=even, observed=skewed, batch=batch))
    assert plotted is not None
    assert [(bar.name, bar.probes) for bar in plotted.bars] == [("pod-b1:8080", 219), ("pod-c1:8080", 0)]
    assert plotted.chance < plotted.limit


def test_changes_are_on_one_scale() -> None:
    """The longest change of all runs is at the end of the scale; a run without changes has no strip."""
    slow = replace(
        sample_run(),
        run_id="slow",
        labs=tuple(
            replace(lab, figures=replace(lab.figures, programmed_seconds=(2.0, 4.0)))
            for lab in sample_run().labs
        ),
    )
    first, second = strips(shown([sample_run(), slow]))
    assert max(dot.share for dot in second.dots) == 1.0
    assert max(dot.share for dot in first.dots) == pytest.approx(first.most / 4.0)
    assert strips(shown([empty_run()])) == ()
