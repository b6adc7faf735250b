"""Sabotages of one proxy mode in several networks: what they tell alike stands once, with how often in each."""

from reports.html import render_html
from reports.sabotage import SabotageRow, SabotageTable
from reports.sabotage_modes import by_mode
from tests.reports.outline import Outline
from tests.reports.sample import sample_run

PROFILES = ("iptables-calico", "nftables-calico", "iptables-flannel", "nftables-flannel")


def _table(profile: str, *rows: SabotageRow, run: str = "one") -> SabotageTable:
    return SabotageTable(f"{profile}, {run}", profile, f"{profile}: faults", frozenset({"survived"}), rows)


def _noticed(count: int, claim: str = "a") -> list[SabotageRow]:
    return [SabotageRow(f"delete {number}", "noticed", claim, "dropped") for number in range(count)]


def test_sabotages_of_a_mode_stand_together() -> None:
    """In the order of the first of each mode; one by itself is as it was."""
    modes = by_mode([_table(profile) for profile in PROFILES[:3]])
    assert [mode.labels for mode in modes] == [("iptables-calico", "iptables-flannel"), ("nftables-calico",)]
    twice = by_mode([_table(PROFILES[0]), _table(PROFILES[0], run="two")])
    assert [mode.labels for mode in twice] == [("iptables-calico, one", "iptables-calico, two")]


def test_what_a_claim_noticed_is_counted_in_each() -> None:
    """The fault that is named is that of the first; where one sabotage has none, it has 0."""
    [mode] = by_mode(
        [
            _table(PROFILES[0], *_noticed(250)),
            _table(PROFILES[2], *_noticed(100), *_noticed(140, "only here")),
        ]
    )
    [fate] = mode.fates
    assert fate.faults == (250, 240)
    assert [(line.told.claim, line.told.faults, line.faults) for line in fate.lines] == [
        ("a", ("delete 0",), (250, 100)),
        ("only here", ("delete 0",), (0, 140)),
    ]


def test_few_faults_have_a_line_each() -> None:
    """The same fault of both once, another where it is; what is wrong comes first."""
    both, one = SabotageRow("drop it", "refused", "", "no"), SabotageRow("narrow it", "refused", "", "no")
    open_one = SabotageRow("widen it", "survived", "", "")
    [mode] = by_mode([_table(PROFILES[0], both), _table(PROFILES[2], both, one, open_one)])
    assert [(fate.fate, fate.is_wrong, fate.faults) for fate in mode.fates] == [
        ("survived", True, (0, 1)),
        ("refused", False, (1, 2)),
    ]
    assert [(line.faults, line.is_one) for line in mode.fates[1].lines] == [((1, 1), True), ((0, 1), False)]


def test_a_fault_that_is_named_is_not_said_of_another() -> None:
    """One claim noticed one fault in each sabotage, but not the same: the name is not that of both."""
    tables = [
        _table(profile, *_noticed(250), SabotageRow(name, "noticed", "b", ""))
        for profile, name in ((PROFILES[0], "drop it"), (PROFILES[2], "narrow it"))
    ]
    [mode] = by_mode(tables)
    [line] = [line for line in mode.fates[0].lines if line.told.claim == "b"]
    assert (line.told.faults, line.faults, line.is_one) == (("drop it",), (1, 1), False)


def test_claims_that_noticed_least_are_told_together() -> None:
    """A line for each of 200; all others in one, with how many faults they noticed."""
    rows = [row for number in range(260) for row in _noticed(2 if number < 60 else 3, f"claim{number}")]
    [mode] = by_mode([_table(PROFILES[0], *rows), _table(PROFILES[2], *rows)])
    [fate] = mode.fates
    *named, rest = fate.lines
    assert len(named) == 200
    assert {line.faults for line in named} == {(3, 3)}
    assert (rest.told.told, rest.faults) == ("60 other claims, each of fewer faults", (120, 120))


def test_the_page_says_how_many_in_each() -> None:
    """Numbers that are one and the same once; a single sabotage says how many more."""
    several = [_table(PROFILES[0], *_noticed(250)), _table(PROFILES[2], *_noticed(240))]
    text = Outline(render_html(sample_run(), sabotages=several)).all("details")[-1].text
    assert text.startswith("250 faults in iptables-calico, 240 in iptables-flannel: noticed")
    assert "delete 0250 faults in iptables-calico, 240 in iptables-flannel" in text
    alike = [_table(PROFILES[0], *_noticed(250)), _table(PROFILES[2], *_noticed(250))]
    assert "250 faults in each: noticed" in render_html(sample_run(), sabotages=alike).replace("<b>", "")
    assert "and 249 more" in render_html(sample_run(), sabotages=several[:1])


def test_four_whole_sabotages_are_bounded() -> None:
    """However many claims notice, and however the networks differ, the page grows by less than half a megabyte."""
    sabotages = [
        _table(
            profile,
            *(
                SabotageRow(
                    f"narrow: {number} {profile} {'a rule of kube-proxy ' * 10}",
                    "noticed",
                    f"requirement.claim_{profile}_{number % 500}",
                    "delivered to pod-a1:8080, which saw an address of worker-a",
                )
                for number in range(5600)
            ),
        )
        for profile in PROFILES
    ]
    alone = len(render_html(sample_run()).encode())
    assert len(render_html(sample_run(), sabotages=sabotages).encode()) - alone < 500_000
