"""What a page says before the first claim: what was tested, what came out, what must be looked at."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.results import Run, Verdict
from reports.html import render_html
from reports.summary import sentence
from tests.reports.outline import Element, Outline
from tests.reports.sample import empty_run, interrupted_run, moved, sample_run, unstable

RUNS = pytest.mark.parametrize("make", [sample_run, empty_run, interrupted_run])


@pytest.fixture(scope="module", name="page")
def _page() -> Outline:
    return Outline(render_html(sample_run()))


def test_a_note_stands_before_the_sentence() -> None:
    """As data, and only where there is one."""
    page = Outline(render_html(sample_run(), note="broken on <purpose>"))
    [note] = page.all("p", class_="note")
    assert note.text == "broken on <purpose>"
    assert page.elements.index(note) < page.elements.index(_sentences(page)[0])
    assert not Outline(render_html(sample_run())).all("p", class_="note")


def _sentences(page: Outline) -> list[Element]:
    return [each for each in page.all("p") if each.attributes.get("class", "").startswith("sentence ")]


@pytest.mark.parametrize(
    ("exit_code", "colour"), [(0, "sound"), (1, "fails"), (3, "doubtful"), (130, "doubtful")]
)
def test_the_sentence_has_a_colour(exit_code: int, colour: str) -> None:
    """Of what the run came to, as its exit code says it."""
    [paragraph] = _sentences(Outline(render_html(replace(sample_run(), exit_code=exit_code))))
    assert paragraph.attributes["class"] == f"sentence {colour}"


@RUNS
def test_the_sentence_is_there(make: Callable[[], Run]) -> None:
    """The page says the sentence that the terminal says."""
    page = Outline(render_html(make()))
    assert [paragraph.text for paragraph in _sentences(page)] == [sentence(make())]


def test_what_was_tested_is_said(page: Outline) -> None:
    """Profile, versions, seed, run and command stand before the first verdict."""
    head = page.all("header")[0].text
    run = sample_run()
    wanted = [
        run.profile,
        "1.36.2",
        "6.12.38",
        "flannel 0.28.1 (VXLAN)",
        str(run.seed),
        run.run_id,
        run.command,
    ]
    assert [text for text in (*wanted, "2026-08-04 09:12:05 UTC", "1 min 23 s") if text not in head] == []


def test_supplied_programs_stand_out(page: Outline) -> None:
    """A program that the user handed in is named in the head, and marked; each sum is short, the whole its title."""
    [handed_in] = [each for each in page.all("dd") if each.text.startswith("kube-proxy, which says")]
    assert any(outer.tag == "header" for outer in handed_in.ancestors)
    assert [cell.text for cell in page.all("td", class_="supplied")] == ["supplied"]
    sums = [code for code in page.all("code") if len(code.attributes.get("title", "")) == 64]
    assert len(sums) == 4
    assert all(code.attributes["title"].startswith(code.text) for code in sums)


def test_concerns_come_in_order(page: Outline) -> None:
    """What was observed and did not pass comes first, the most urgent before; then what was not observed."""
    tables = page.all("table", class_="groups")
    rows = [row.text for table in tables for row in page.within(table, "tr")]
    assert [verdict for row in rows for verdict in Verdict if row.startswith(verdict)] == [
        Verdict.FAIL,
        Verdict.FAIL,
        Verdict.STALE_DIFFERENCE,
        Verdict.KNOWN_DIFFERENCE,
        Verdict.LAB_ERROR,
        Verdict.NOT_SUPPORTED,
        Verdict.NOT_RUN,
    ]


def test_what_concerns_most_claims_comes_first() -> None:
    """Of those that fail: alike ones together, with expected and observed, and before those that stand alone."""
    alike = tuple(replace(moved(), id=f"np-cluster.{name}") for name in ("b", "a"))
    page = Outline(render_html(replace(sample_run(), claims=(unstable(), *alike))))
    _, first, second = page.within(page.all("table", class_="groups")[0], "tr")
    assert first.text.endswith("np-cluster.a, np-cluster.b")
    assert f"Expected: {moved().expected_text} Observed: {moved().observed_text}" in first.text
    assert second.text.endswith(unstable().id)


def test_an_empty_run_says_so() -> None:
    """A run in which nothing was observed says that first, with its errors."""
    page = Outline(render_html(empty_run()))
    notices = page.all("ul", class_="notices")[0].text
    assert "Nothing was observed. This run says nothing about iptables-flannel." in notices
    assert "No lab came up" in notices
    assert "no network namespace could be made" in notices


def test_an_interrupted_run_says_so() -> None:
    """A run that was stopped says that first."""
    page = Outline(render_html(interrupted_run()))
    assert "The run was interrupted." in page.all("ul", class_="notices")[0].text


def test_a_sound_run_has_no_notice(page: Outline) -> None:
    """Where nothing limits a run's worth, nothing is said of it."""
    assert not page.all("ul", class_="notices")
