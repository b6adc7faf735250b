"""The arithmetic of a sabotage, its exit code, its files and its table."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.results import ResultsError
from svcproof.sabotage.rendering import markdown, summary
from svcproof.sabotage.results import Equivalence, Fate, FaultResult, Notice, read_sabotage, write_sabotage
from svcproof.sabotage.score import exit_code, score
from tests.sabotage.results_of import HARMLESS, NOTICED, SURVIVED, sabotage

SETTLED = replace(SURVIVED, recorded="The same outcomes for everyone.", equivalence=Equivalence(40, ()))
CONTRADICTED = replace(SETTLED, equivalence=SURVIVED.equivalence)
UNCOMPARED = replace(SETTLED, equivalence=Equivalence(0, ()))
UNTESTABLE = replace(SURVIVED, fate=Fate.NOT_TESTABLE)
BLINDING = replace(UNTESTABLE, recorded="The lab cannot tell.")
OWED = replace(SURVIVED, recorded="seen by clients only", owed="a claim from a client")
AT_A_TWIN = replace(SURVIVED, twin="the same in another Service")
ALARMED = replace(HARMLESS, fate=Fate.ALARMED)


def test_counts() -> None:
    """Each fault is counted once, a survivor by what settles it."""
    refused = replace(NOTICED, fate=Fate.REFUSED)
    counts = score([NOTICED, SURVIVED, SETTLED, OWED, AT_A_TWIN, HARMLESS, refused])
    assert (counts.noticed, counts.open, counts.equivalent, counts.owed, counts.twins) == (1, 1, 1, 1, 1)
    assert (counts.harmless, counts.refused, counts.alarmed, counts.not_testable) == (1, 1, 0, 0)


def test_what_the_lab_could_not_tell_counts_as_not_noticed() -> None:
    """On record or not: a record says that a fault changes nothing, and this does not show it."""
    counts = score([NOTICED, UNTESTABLE, BLINDING])
    assert counts.not_testable == 2
    assert counts.percent == pytest.approx(100 / 3)


def test_packets_count_for_more_than_a_record() -> None:
    """A survivor on record is open where some flow came out otherwise."""
    counts = score([CONTRADICTED, SETTLED])
    assert (counts.open, counts.equivalent) == (1, 1)


def test_where_nothing_was_compared_nothing_is_shown() -> None:
    """A survivor of which the lab could judge no flow has survived, and the table says why."""
    counts = score([UNCOMPARED, SETTLED])
    assert (counts.open, counts.equivalent) == (1, 1)
    text = markdown(sabotage([UNCOMPARED, SETTLED]))
    assert "no flow could be compared with and without it: packets say nothing of it" in text
    assert "## Survivors that change nothing: 1" in text


def test_percent_leaves_out_what_cannot_be_noticed() -> None:
    """What changes nothing does not count; three of five others were noticed, one of them at a twin."""
    faults = [NOTICED, NOTICED, AT_A_TWIN, SURVIVED, OWED, SETTLED, HARMLESS]
    assert score(faults).percent == pytest.approx(60.0)
    assert score([]).percent == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([NOTICED, HARMLESS], 0),
        ([NOTICED, SETTLED, OWED, AT_A_TWIN], 0),
        ([NOTICED, SURVIVED], 1),
        ([NOTICED, ALARMED], 1),
        ([NOTICED, CONTRADICTED], 1),
        ([NOTICED, UNCOMPARED], 1),
        ([NOTICED, UNTESTABLE], 3),
        ([NOTICED, BLINDING], 3),
        ([NOTICED, replace(SURVIVED, unsettled="no time")], 3),
        ([NOTICED, SURVIVED, replace(SURVIVED, unsettled="no time")], 1),
        ([], 3),
    ],
)
def test_exit_code(faults: list[FaultResult], code: int) -> None:
    """Red are a survivor that nothing settles, and a claim that noticed what must not be noticed."""
    assert exit_code(sabotage(faults)) == code


def test_claims_that_are_not_as_expected_without_a_fault_are_no_judges() -> None:
    """What they did not notice says nothing, and what they noticed is in doubt: the lab could not tell."""
    assert exit_code(sabotage([NOTICED], baseline={"lb-sr.pod": "dropped"})) == 3
    assert exit_code(sabotage([NOTICED], behind={"lb-sr.pod": "dropped"})) == 3


def test_the_table_tells_claims_that_were_not_asked_from_those_in_doubt() -> None:
    """The first noticed nothing because nobody asked; the others noticed, and may have been wrong."""
    text = markdown(sabotage([NOTICED], baseline={"cip-basic.one": "lost"}, behind={"cip-basic.two": "gone"}))
    before, _, behind = text.partition("## Claims that noticed faults, and were not as expected behind them")
    assert "## Claims that were not asked: not as expected before the faults" in before
    assert ("`cip-basic.one`: lost" in before, "`cip-basic.two`: gone" in behind) == (True, True)
    assert "cip-basic.one" not in behind


def test_a_claim_that_misses_the_same_without_the_fault_says_so() -> None:
    """Such a fault is not testable, and the table has both observations."""
    notice = Notice("cip-basic.pod", "delivered", "lost", lost=True, again="lost again")
    text = markdown(sabotage([replace(UNTESTABLE, notices=(notice,))]))
    assert "cip-basic.pod: lost; and without the fault: lost again" in text


def test_the_table_says_which_sentinels_were_lost() -> None:
    """One of them with the fault, all of them where faults are listed that are not testable."""
    sentinels = ("UDP from client: never seen", "ICMP from client: last seen at worker-b")
    notice = Notice("lb-sr.pod", "dropped", "dropped; lost", lost=True, sentinels=sentinels)
    text = markdown(sabotage([replace(UNTESTABLE, notices=(notice,))]))
    assert "lb-sr.pod: dropped; lost; lost: UDP from client: never seen and 1 more" in text
    assert "## Not testable: 1" in text
    assert [f"    - lost: {sentinel}" in text for sentinel in sentinels] == [True, True]


def test_packets_that_captures_lost_are_said_with_the_fault() -> None:
    """And in the summary, for the whole sabotage; where none was lost nothing is said."""
    found = sabotage([NOTICED, replace(SURVIVED, uncaptured=3)])
    lab = replace(found.lab, figures=replace(found.lab.figures, dropped=4))
    text = markdown(replace(found, lab=lab))
    assert "captures lost 4 packets: what was not seen is in doubt, of 1 faults" in text
    assert text.count("(captures lost 3 packets meanwhile)") == 1
    assert "captures lost" not in markdown(sabotage([NOTICED, SURVIVED]))


def test_an_interrupted_sabotage_says_so() -> None:
    """What the user ended has the exit code for that."""
    assert exit_code(sabotage([NOTICED], interrupted=True)) == 130


def test_the_file_holds_everything(tmp_path: Path) -> None:
    """What is written is read again."""
    found = sabotage([NOTICED, SURVIVED, SETTLED, HARMLESS])
    write_sabotage(found, tmp_path / "sabotage.json")
    assert read_sabotage(tmp_path / "sabotage.json") == found


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """What came behind the faults stood among the claims that were not asked; a file of a later version is not read."""
    path = tmp_path / "sabotage.json"
    write_sabotage(sabotage([NOTICED], baseline={"lb-sr.pod, behind the faults": "dropped"}), path)
    written = json.loads(path.read_text())
    del written["behind"], written["could_not_tell"]
    path.write_text(json.dumps({**written, "schema_version": 1}))
    assert read_sabotage(path).baseline == {"lb-sr.pod, behind the faults": "dropped"}
    path.write_text(json.dumps({**written, "schema_version": 3}))
    with pytest.raises(ResultsError, match="reads 1 to 2"):
        read_sabotage(path)


def test_what_every_claim_said_of_a_fault_stands_in_the_table() -> None:
    """One that noticed hides neither those that noticed nothing nor those that could not tell."""
    untold = (Notice("np-basic.node", "dropped", "nobody is at home\nat all"),)
    all_asked = replace(NOTICED, name="rules-gone: all", quiet=("cip-basic.node", "lb.node"), untold=untold)
    text = markdown(sabotage([all_asked]))
    assert "- `rules-gone: all`: 1 noticed\n" in text
    assert "  - 2 could tell, and noticed nothing: `cip-basic.node`, `lb.node`\n" in text
    assert "  - 1 could not tell:\n    - `np-basic.node`: nobody is at home\n" in text
    assert "asked about\n" not in markdown(sabotage([NOTICED]))


def test_the_table_begins_with_survivors() -> None:
    """Survivors stand before what was noticed, with the flows that no claim names."""
    text = markdown(sabotage([NOTICED, HARMLESS, SURVIVED]))
    table = text[text.index("## All faults") :]
    assert table.index("widen: chain") < table.index("delete: set")
    assert "missing claim? pod-c1 to cluster IP of cip: delivered; with the fault: refused" in text


def test_what_is_noticed_at_a_twin_is_counted_by_shape_and_service() -> None:
    """Faults that differ in nothing but names are one row, with how many of them were noticed where they were made."""
    twins = [
        replace(SURVIVED, name=NOTICED.name.replace("cip", each), twin=NOTICED.name) for each in ("np", "lb")
    ]
    text = markdown(sabotage([NOTICED, *(replace(each, service="echo") for each in twins)]))
    assert "| 2 | 1 | `delete: set cluster-ips: cluster-ip(*) -> nothing` |" in text
    assert "| 2 | echo |" in text


def test_what_was_not_settled_says_why() -> None:
    """A survivor for which there was no time stands among the survivors, with what was not done."""
    found = sabotage([NOTICED, replace(SURVIVED, unsettled="there was no time", equivalence=None)])
    assert "  - not settled: there was no time" in markdown(found)
    assert "1 survived (1 of them not settled in time)" in summary(found)[0]


def test_a_line_for_each_fault() -> None:
    """The table has one row for each fault, and bars within a cell do not break it."""
    text = markdown(sabotage([NOTICED, SURVIVED, HARMLESS]))
    rows = [line for line in text[text.index("## All faults") :].splitlines() if line.startswith("| `")]
    assert len(rows) == 3
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)


def test_the_terminal_says_score_and_speed() -> None:
    """The summary names the score, the speed and the claims that were not asked."""
    unsound = {"lb-sr.pod": "dropped"}
    [first, second] = summary(sabotage([NOTICED, SURVIVED], baseline=unsound, behind=unsound))
    assert "2 faults tried" in first
    assert (
        second
        == "score 50.00 %, 4.0 faults a second, 50 claims, of which not as expected without any fault: "
        "1 before the faults, 1 behind them"
    )
