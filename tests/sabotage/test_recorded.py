"""Survivors on record: what each record says, and which faults it speaks of."""

import re
from dataclasses import replace

import pytest

from lab.profiles import PROFILES, NetworkName, ProxyMode, profile_named
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.recorded import BOTH, NFTABLES, Recorded, record_of
from svcproof.sabotage.survivors import RECORDED
from tests.sabotage.recorded_rules import MODES, faults

NAME = "widen: chain filter-input: ct state new jump x -> without `ct state new`"
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
    iptables, nftables = profile_named("iptables-flannel"), profile_named("nftables-flannel")
    assert record_of(NAME, nftables, [EXAMPLE]) is EXAMPLE
    assert record_of(NAME, iptables, [EXAMPLE]) is None
    assert record_of(f"other {NAME}", nftables, [EXAMPLE]) is None


def test_a_record_may_speak_of_one_network() -> None:
    """Where the addresses of nodes differ, so does what masquerading changes."""
    alone = replace(EXAMPLE, network=NetworkName.CALICO)
    assert record_of(NAME, profile_named("nftables-calico"), [alone]) is alone
    assert record_of(NAME, profile_named("iptables-calico"), [alone]) is None
    assert record_of(NAME, profile_named("nftables-flannel"), [alone]) is None


@pytest.mark.parametrize("mode", MODES)
def test_records_leave_most_faults_to_the_claims(mode: ProxyMode) -> None:
    """Most faults are on no record: they must be noticed."""
    every = faults(mode)
    for profile in PROFILES:
        if profile.proxy_mode is mode:
            spoken_of = [fault for fault in every if record_of(fault.name, profile, RECORDED)]
            assert len(spoken_of) < len(every) / 2
