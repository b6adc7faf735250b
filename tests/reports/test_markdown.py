"""The Markdown summary of a run."""

from dataclasses import replace

from conformance.results import Verdict
from reports.markdown import MOST_BYTES, render_markdown
from reports.sabotage import SabotageRow, SabotageTable
from reports.summary import LONGEST, sentence
from tests.reports.sample import empty_run, interrupted_run, lab_error, large_run, moved, not_run, sample_run
from tests.reports.sample_lab import a_pod_network


def _rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| ")]


def test_it_begins_with_the_sentence() -> None:
    """The profile is the heading and the sentence follows."""
    lines = render_markdown(sample_run()).splitlines()
    assert lines[0] == "## svcproof: iptables-flannel"
    assert lines[2] == f"**{sentence(sample_run())}**"


def test_it_lists_what_did_not_pass() -> None:
    """Every claim that did not pass has a row, in the order of urgency, and no other has one."""
    rows = [row for row in _rows(render_markdown(sample_run())) if "`" in row]
    passed = [claim.id for claim in sample_run().claims if claim.verdict is Verdict.PASS]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        "fail",
        "fail",
        "stale difference",
        "lab error",
        "not supported",
        "not run",
        "known difference",
    ]
    assert not [claim for claim in passed if any(f"`{claim}`" in row for row in rows)]


def test_rows_stay_rows() -> None:
    """Text with pipes, newlines and markup stays in its cell."""
    claim = replace(moved(), id="np.a|b", observed_text="a | b\nc <script> *d* `e`")
    rows = _rows(render_markdown(replace(sample_run(), labs=(), claims=(claim,))))
    assert len(rows) == 3
    assert rows[2].startswith("| fail | `np.a\\|b`<br>")
    assert rows[2].endswith(" | a \\| b c &lt;script> \\*d\\* \\`e\\` |")


def test_figures_are_there() -> None:
    """Each lab has a row with what it measured."""
    rows = _rows(render_markdown(sample_run()))
    assert "| lab-0 | 6.4 s | 0.94 s at most, 0.31 s median, 3 times | 48,211 | 0 |" in rows
    assert any(row.startswith("| lab-1 ") for row in rows)


def test_an_empty_run_says_so() -> None:
    """A run in which no lab came up says so, with its errors, and has no table."""
    text = render_markdown(empty_run())
    assert "> Nothing was observed. This run says nothing about iptables-flannel." in text
    assert "```text\nno network namespace could be made" in text
    assert not _rows(text)


def test_an_error_cannot_leave_its_block() -> None:
    """An error that holds a fence is fenced by a longer one."""
    text = render_markdown(replace(empty_run(), errors=("a\n```\n# b",)))
    assert "````text\na\n```\n# b\n````\n" in text


def test_an_interrupted_run_says_so() -> None:
    """A run that was stopped says so at the top."""
    text = render_markdown(interrupted_run())
    assert text.index("> The run was interrupted.") < text.index("| Verdict")


def test_a_long_list_is_cut_openly() -> None:
    """No more rows than fit a CI page, and the rest as a number."""
    run = large_run(2000)
    claims = tuple(replace(not_run(), id=claim.id) for claim in run.claims)
    text = render_markdown(replace(run, claims=claims))
    assert text.count("| not run |") == LONGEST + 1
    assert "| not run | and 1,950 more |" in text
    assert len(text) < 100_000


def test_a_lab_error_gives_its_first_line() -> None:
    """The row of a lab error says what was tried; the rest of it is in the page."""
    text = render_markdown(replace(sample_run(), claims=(lab_error(),)))
    assert "not observed: kube-proxy of worker-c ended by itself |" in text
    assert "alert" not in text


def test_the_way_to_the_pod_is_folded() -> None:
    """Each entry of the path has its line; the tables of nodes are in the report."""
    [_, folded] = render_markdown(sample_run()).split("<details><summary>")
    assert folded.startswith("How a packet gets from kube-proxy's DNAT to the pod: iptables-flannel, ")
    assert folded.rstrip().endswith("</details>")
    [path] = a_pod_network().paths
    lines = folded.splitlines()
    for entry in path.entries:
        assert [line for line in lines if line.startswith(entry.place) and line.endswith(entry.text)]


def test_a_sabotage_is_folded() -> None:
    """How many came to what; those that are wrong by name; who noticed."""
    rows = (
        SabotageRow("drop | it", "survived", "", "one claim is owed"),
        SabotageRow("delete it", "noticed", "a.claim", "dropped"),
        SabotageRow("narrow it", "noticed", "a.claim", "dropped"),
    )
    text = render_markdown(
        sample_run(), sabotages=[SabotageTable("one", "p", "3 faults.", frozenset({"survived"}), rows)]
    )
    folded = text.partition("<details><summary>Sabotage: one</summary>")[2]
    assert "| 2 | noticed |" in folded
    assert "- `drop \\| it`: one claim is owed" in folded
    assert "| 2 | `a.claim` |" in folded
    assert "delete it" not in folded


def test_what_is_too_large_is_left_out_openly() -> None:
    """A step summary has a limit, and one part that is larger does not cost the others."""
    run = replace(sample_run(), errors=("e" * MOST_BYTES, "a small one"))
    text = render_markdown(run)
    assert len(text.encode()) <= MOST_BYTES + 100
    assert "a small one" in text
    assert text.rstrip().endswith("1 part too large for a summary: the report has it.")


def test_a_note_comes_first() -> None:
    """What a reader must know before anything else."""
    assert render_markdown(sample_run(), note="broken on <purpose>").startswith("> broken on &lt;purpose>\n")


def test_several_runs_follow_each_other() -> None:
    """Each with its heading."""
    text = render_markdown(sample_run(), replace(sample_run(), profile="nftables-flannel"))
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## svcproof: iptables-flannel",
        "## svcproof: nftables-flannel",
    ]
