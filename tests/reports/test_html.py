"""The page of a run: whole, self-contained, and readable without seeing its colours."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote

import pytest

from conformance.results import Convergence, Run, Verdict
from reports.html import render_html
from reports.summary import sentence
from tests.reports.outline import Element, Outline
from tests.reports.sample import empty_run, interrupted_run, moved, reached, sample_run, unstable

RUNS = pytest.mark.parametrize("make", [sample_run, empty_run, interrupted_run])


@pytest.fixture(scope="module", name="page")
def _page() -> Outline:
    return Outline(render_html(sample_run()))


def test_every_claim_has_its_section(page: Outline) -> None:
    """Each claim has one section, and the section's id is the claim's."""
    sections = [section.attributes["id"] for section in page.all("section", class_="claim")]
    assert sorted(sections) == sorted(claim.id for claim in sample_run().claims)


def test_every_section_has_the_same_parts(page: Outline) -> None:
    """The parts of a claim stand in one order; only those that a claim has no matter for may be absent."""
    whole = ["Requirement", "Claim", "Flow", "Sent to", "Expected and observed", "Known difference", "Batch"]
    whole += [
        "How it fell",
        "Error",
        "Why not",
        "The packet's way",
        "Wire log",
        "Why, from the kernel",
        "Rules",
    ]
    whole += ["Connections", "Manifest", "Run it again", "All evidence in one file"]
    optional = {"Known difference", "Batch", "Error", "Why not", "Why, from the kernel"}
    optional |= {"All evidence in one file"}
    for claim in page.all("section", class_="claim"):
        names = [term.text for term in page.within(claim, "dt")]
        assert names == [name for name in whole if name in names]
        assert set(whole) - set(names) <= optional


def test_how_long_each_node_took_is_shown_where_a_change_was_observed() -> None:
    """The times stand in the section of the claim, and nowhere else."""
    run = sample_run()
    times = (Convergence("worker-a", 0.0312), Convergence("worker-b", 1.5))
    changed = replace(run.claims[0], convergence=times)
    page = Outline(render_html(replace(run, claims=(changed, *run.claims[1:]))))
    [term] = [term for term in page.all("dt") if term.text == "Followed after"]
    assert any(outer.attributes.get("id") == changed.id for outer in term.ancestors)
    shown = [item.text for item in page.all("li")]
    assert [text for text in shown if text in ("worker-a 0.031 s", "worker-b 1.500 s")] == [
        "worker-a 0.031 s",
        "worker-b 1.500 s",
    ]
    assert "Followed after" not in render_html(run)


@RUNS
def test_internal_links_resolve(make: Callable[[], Run]) -> None:
    """Every link within the page leads to an id that exists once."""
    page = Outline(render_html(make()))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    inner = [link.attributes["href"] for link in page.all("a") if link.attributes["href"].startswith("#")]
    assert inner
    assert {unquote(target[1:]) for target in inner} <= set(ids)


@RUNS
def test_labels_resolve(make: Callable[[], Run]) -> None:
    """Every aria-labelledby names an id of the page."""
    page = Outline(render_html(make()))
    labels = {element.attributes.get("aria-labelledby") for element in page.elements} - {None}
    assert labels <= set(page.ids())


@RUNS
def test_nothing_is_loaded(make: Callable[[], Run]) -> None:
    """No element and no style asks for anything outside the file, and the only script is our own, by its digest."""
    text = render_html(make())
    page = Outline(text)
    loading = {"src", "srcset", "data", "poster", "background", "action", "manifest", "xlink:href"}
    for element in page.elements:
        assert not loading & element.attributes.keys()
        href = element.attributes.get("href", "")
        assert element.tag == "a" or not href or (element.tag == "use" and href.startswith("#"))
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.tag not in {"link", "iframe", "object", "embed", "base", "img"}
    style = page.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in text
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert not [word for word in ("fetch(", "XMLHttpRequest", "import(", "http") if word in script]


def test_only_web_addresses_become_links() -> None:
    """A source that is no web address, such as a javascript: one, stays text."""
    claim = moved()
    requirement = replace(claim.requirement, source="javascript:alert(1)")
    page = Outline(render_html(replace(sample_run(), claims=(replace(claim, requirement=requirement),))))
    assert not [link for link in page.all("a") if not link.attributes["href"].startswith("#")]


def test_text_is_data(page: Outline) -> None:
    """Markup in an error is shown, not obeyed."""
    text = render_html(sample_run())
    assert text.count("<script") == 1
    assert "&lt;script&gt;" in text
    assert '<script>alert("this text is data")</script>' in " ".join(pre.text for pre in page.all("pre"))


def test_headings_are_in_order(page: Outline) -> None:
    """There is one h1, and no heading skips a level."""
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch("h[1-6]", element.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_can_be_heard(page: Outline) -> None:
    """Every table has a caption, every header cell a scope, and scrolled ones can be reached by keyboard."""
    assert len(page.all("table")) == len(page.all("caption"))
    assert all("scope" in header.attributes for header in page.all("th"))
    assert all("tabindex" in region.attributes for region in page.all("div", class_="scroll"))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1


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


def test_what_differs_is_marked() -> None:
    """Of a claim that differs in one trait, that trait alone is marked, in words too."""
    page = Outline(render_html(replace(sample_run(), claims=(replace(moved(), ways=(), trace=None),))))
    assert [mark.text for mark in page.all("mark")] == ["≠differs: its own address"]


def test_nat_is_marked(page: Outline) -> None:
    """In the wire log, an address that a NAT changed is marked with what it was before."""
    marked = {mark.attributes["title"]: mark.text for mark in page.all("mark") if "title" in mark.attributes}
    assert marked["was 172.18.0.11:30080"] == "10.244.2.10:8080"
    assert marked["was 172.18.0.100:51544"] == "10.244.1.0:23817"


def test_of_a_pass_the_log_tells_what_changes(page: Outline) -> None:
    """Every sighting has its line; place, addresses and TTL stand where they are others than in the line above."""
    [section] = page.all("section", id=reached().id)
    lines = next(pre.words for pre in page.within(section, "pre") if pre.attributes.get("class") == "short")
    rows = [row.split("\t") for row in "".join(lines).splitlines() if row]
    steps = reached().ways[0].steps
    assert [row[0].rpartition("+")[2] for row in rows] == [str(step.time_us) for step in steps]
    others = [now for before, now in pairwise(steps) if before.ttl != now.ttl]
    assert sum("ttl" in row[-1] for row in rows) == 1 + len(others)
    told = [row[2] for row in rows if row[2:] and ":" in row[2].partition(" > ")[0]]
    assert [text.partition("  ")[0] for text in told] == [
        "10.244.1.10:40112 > 10.96.14.7:80",
        "10.244.1.10:40112 > 10.244.2.10:8080",
        "10.244.2.10:8080 > 10.244.1.10:40112",
        "10.96.14.7:80 > 10.244.1.10:40112",
    ]


def test_the_way_is_drawn(page: Outline) -> None:
    """A drawing's texts, in their order, tell places, addresses, translations, tunnels as outer and inner, the end."""
    [section] = page.all("section", id=reached().id)
    [drawing] = page.within(section, "svg")
    assert [text.text for text in page.within(drawing, "text")] == [
        *("pod-a1", "eth0", "10.244.1.10:40112 → 10.96.14.7:80"),
        *("worker-a", "veth3f1c09d2 → flannel.1 → eth0", "destination 10.96.14.7:80 ⇒ 10.244.2.10:8080"),
        *("vxlan 172.18.0.11 > 172.18.0.12", "10.244.1.10:40112 → 10.244.2.10:8080"),
        *("worker-b", "eth0 → flannel.1 → veth8a40be17"),
        *("pod-b1", "eth0", "arrived; the reply came back the same way"),
    ]
    assert drawing.attributes["aria-label"] == "probe"


def test_what_drawings_use_is_there(page: Outline) -> None:
    """Every piece that a drawing names stands on the page."""
    used = {use.attributes["href"].removeprefix("#") for use in page.all("use")}
    assert used
    assert used <= set(page.ids())


def test_logs_are_open_where_it_matters(page: Outline) -> None:
    """The wire log of a claim that fails is open, every other is folded."""
    differs = {Verdict.FAIL, Verdict.STALE_DIFFERENCE}
    for claim in sample_run().claims:
        [section] = page.all("section", id=claim.id)
        logs = [each for each in page.within(section, "details") if "sighting" in each.text]
        assert len(logs) == len(claim.ways[:1] if claim.verdict is Verdict.PASS else claim.ways)
        assert all(("open" in each.attributes) is (claim.verdict in differs) for each in logs)


def test_rules_are_there_once() -> None:
    """Claims that pass lead to the first with the same rules and manifest; one that fails has its own."""
    first, second, third = (
        replace(moved(), id=f"cip-reach.{name}", verdict=verdict)
        for name, verdict in (("a", Verdict.PASS), ("b", Verdict.PASS), ("c", Verdict.FAIL))
    )
    page = Outline(render_html(replace(sample_run(), claims=(first, second, third))))
    whole = [
        section.attributes["id"]
        for section in page.all("section", class_="claim")
        if any("which decided" in part.text for part in page.within(section, "details"))
    ]
    assert whole == ["cip-reach.c"]
    texts = {section.attributes["id"]: section.text for section in page.all("section", class_="claim")}
    assert texts["cip-reach.a"].count("as cip-reach.c") == texts["cip-reach.b"].count("as cip-reach.c") == 2


def test_every_claim_can_be_run_again(page: Outline) -> None:
    """Each section has the command for its claim."""
    commands = {code.text for code in page.all("code")}
    for claim in sample_run().claims:
        assert f"svcproof run iptables-flannel --claim {claim.id}" in commands


def test_supplied_programs_stand_out(page: Outline) -> None:
    """A program that the user handed in is named in the head, and marked; each sum is short, the whole its title."""
    [handed_in] = [each for each in page.all("dd") if each.text.startswith("kube-proxy, which says")]
    assert any(outer.tag == "header" for outer in handed_in.ancestors)
    assert [cell.text for cell in page.all("td", class_="supplied")] == ["supplied"]
    sums = [code for code in page.all("code") if len(code.attributes.get("title", "")) == 64]
    assert len(sums) == 4
    assert all(code.attributes["title"].startswith(code.text) for code in sums)


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


def test_drawings_stand_beside_each_other(page: Outline) -> None:
    """None is within a paragraph, in which it would be a character of a line."""
    for drawing in page.all("svg"):
        assert not [outer for outer in drawing.ancestors if outer.tag == "p"]
