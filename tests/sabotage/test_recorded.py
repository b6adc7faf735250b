"""Survivors on record: what each record says, and which faults it speaks of."""

import re

import pytest

from lab.profiles import ProxyMode
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.recorded import BOTH, NFTABLES, Recorded, record_of
from svcproof.sabotage.survivors import RECORDED
from tests.sabotage.recorded_rules import MODES, faults

EXAMPLE = Recorded(r"widen: chain filter-\w+: .*", NFTABLES, "Nothing else comes there.")


@pytest.mark.parametrize(
    "recorded", RECORDED, ids=lambda each: f"{'+'.join(sorted(each.modes))} {each.pattern}"
)
def test_a_record_says_why(recorded: Recorded) -> None:
    """A record has a mode, a sentence that says why, a pattern that compiles and begins with a kind."""
    assert recorded.modes <= BOTH
    assert recorded.modes
    assert re.fullmatch(r"[A-Z].*\.", recorded.why)
    assert re.compile(recorded.pattern).pattern.startswith((*Kind, "("))


def test_a_record_speaks_of_whole_names() -> None:
    """A record covers what its pattern matches from end to end, in its modes alone."""
    name = "widen: chain filter-input: ct state new jump x -> without `ct state new`"
    assert record_of(name, ProxyMode.NFTABLES, [EXAMPLE]) is EXAMPLE
    assert record_of(name, ProxyMode.IPTABLES, [EXAMPLE]) is None
    assert record_of(f"other {name}", ProxyMode.NFTABLES, [EXAMPLE]) is None


@pytest.mark.parametrize("mode", MODES)
def test_records_leave_most_faults_to_the_claims(mode: ProxyMode) -> None:
    """Most faults are on no record: they must be noticed."""
    every = faults(mode)
    spoken_of = [fault for fault in every if record_of(fault.name, mode, RECORDED)]
    assert len(spoken_of) < len(every) / 2
