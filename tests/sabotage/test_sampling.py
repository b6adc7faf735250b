"""The order in which faults are tried."""

from collections import Counter

import pytest

from lab.profiles import ProxyMode
from svcproof.sabotage.sampling import shuffled
from tests.sabotage.recorded_rules import MODES, faults


@pytest.mark.parametrize("mode", MODES)
def test_a_seed_fixes_the_order(mode: ProxyMode) -> None:
    """The same seed gives the same order, however the faults were listed; another seed gives another."""
    every = faults(mode)
    assert list(shuffled(every, 7)) == list(shuffled(every[::-1], 7))
    assert list(shuffled(every, 7)) != list(shuffled(every, 8))


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_lost(mode: ProxyMode) -> None:
    """Every fault has its turn, once."""
    every = faults(mode)
    assert Counter(fault.name for fault in shuffled(every, 1)) == Counter(fault.name for fault in every)


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_has_its_share(mode: ProxyMode) -> None:
    """Of the first half of the order, every kind has its half, one fault more or less."""
    ordered = list(shuffled(faults(mode), 3))
    whole = Counter(fault.kind for fault in ordered)
    half = Counter(fault.kind for fault in ordered[: len(ordered) // 2])
    for kind, count in whole.items():
        assert abs(half[kind] - count / 2) <= 1.5, kind
