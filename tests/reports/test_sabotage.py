"""A sabotage beside the runs that it tried: what became of its faults, and what must be looked at."""

from dataclasses import replace

from reports.html import render_html
from reports.sabotage import SabotageRow, SabotageTable
from tests.reports.outline import Outline
from tests.reports.sample import moved, sample_run


def _table(*rows: SabotageRow) -> SabotageTable:
    return SabotageTable(
        "iptables-flannel, one", "iptables-flannel", "3 faults", frozenset({"survived"}), rows
    )


def test_a_sabotage_is_shown_beside() -> None:
    """Faults with what became of them, and the claim that noticed."""
    rows = (
        SabotageRow("drop it", "survived", "", "one claim is owed"),
        SabotageRow("delete it", "noticed", moved().id, "dropped"),
        SabotageRow("narrow it", "noticed", "a.claim_of_another_run", "dropped"),
    )
    page = Outline(render_html(sample_run(), sabotages=[_table(*rows)]))
    [section] = [each for each in page.all("section") if each.attributes.get("aria-labelledby") == "sabotage"]
    folded = {
        each.text.partition(" Faults of ")[0]: "open" in each.attributes
        for each in page.within(section, "details")
    }
    assert folded == {"1 fault: survived": True, "2 faults: noticed": False}
    assert [link.attributes["href"] for link in page.within(section, "a")] == [f"#{moved().id}"]
    [first] = [each for each in page.all("section") if each.attributes.get("aria-labelledby") == "not-proven"]
    assert "survived: 1 fault of the rules: drop it." in first.text
    assert "delete it" not in first.text
    assert not [
        each
        for each in Outline(render_html(sample_run())).all("section")
        if each.attributes.get("aria-labelledby") == "sabotage"
    ]


def test_what_lies_beside_the_rules_is_told_apart() -> None:
    """A fault of the pod network is none of the rules."""
    rows = (
        SabotageRow("drop it", "survived", "", ""),
        SabotageRow("pod-network: a route", "survived", "", "", is_of_rules=False),
    )
    text = render_html(sample_run(), sabotages=[_table(*rows)])
    assert "survived: 1 fault of the rules and 1 fault beside the rules:" in " ".join(text.split())
    assert "of the rules" not in render_html(sample_run(), sabotages=[_table(rows[1])])


def test_many_faults_that_came_to_the_same_stand_together() -> None:
    """By the claim that noticed them, most first, one by name and all in number; survivors each by itself."""
    noticed = [
        SabotageRow(f"delete {number}", "noticed", "a" if number % 3 else "b", f"saw {number % 2}")
        for number in range(300)
    ]
    survived = [SabotageRow(f"drop {number}", "survived", "", "") for number in range(300)]
    wrong, rest = _table(*survived, *noticed).by_fate
    assert [(each.faults, each.left) for each in wrong.told] == [((row.fault,), 0) for row in survived]
    assert [(each.claim, len(each.faults) + each.left) for each in rest.told] == [("a", 200), ("b", 100)]
    assert rest.told[1].faults == ("delete 0",)


def test_thousands_of_survivors_are_cut_openly() -> None:
    """A lab in which nothing notices anything is told in few lines, with the number of those that are not named."""
    survived = [SabotageRow(f"drop {number}", "survived", "", "") for number in range(3000)]
    [wrong] = _table(*survived).by_fate
    assert len(wrong.told) == 401
    assert sum(len(each.faults) + each.left for each in wrong.told) == 3000
    assert "and 2,600 more" in render_html(sample_run(), sabotages=[_table(*survived)])


def test_of_an_error_the_first_line_is_told() -> None:
    """What the kernel said to it has hundreds."""
    row = SabotageRow("delete it", "refused", "", "nft returned 1\n  command: nft -f -")
    [refused] = _table(row).by_fate
    assert refused.told[0].told == "nft returned 1"


def test_claims_that_were_never_red_are_listed_with_why() -> None:
    """A claim of the report is a link, one of another run is its name."""
    never = {moved().id: "asked about 3 faults, and noticed none", "a.claim_of_another_run": "the API"}
    table = replace(_table(SabotageRow("delete it", "noticed", "", "dropped")), never_red=never)
    page = Outline(render_html(sample_run(), sabotages=[table]))
    [section] = [each for each in page.all("section") if each.attributes.get("aria-labelledby") == "sabotage"]
    assert "2 claims: never seen red" in section.text
    assert "asked about 3 faults, and noticed none" in section.text
    assert [link.attributes["href"] for link in page.within(section, "a")] == [f"#{moved().id}"]
    assert "never seen red" not in render_html(sample_run(), sabotages=[_table()])
