"""The section of a claim: its parts, always the same in the same order."""

from dataclasses import replace

import pytest

from conformance.outcome import Rejected
from conformance.results import ClaimResult, Convergence, KernelTrace, Verdict
from reports.html import render_html
from tests.reports.outline import Outline
from tests.reports.sample import moved, sample_run
from tests.reports.sample_facts import PASSED, POLICY
from tests.reports.ways import node_port_way


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


def test_what_differs_is_marked() -> None:
    """Of a claim that differs in one trait, that trait alone is marked, in words too."""
    page = Outline(render_html(replace(sample_run(), claims=(replace(moved(), ways=(), trace=None),))))
    assert [mark.text for mark in page.all("mark")] == ["≠differs: the sender's address"]


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


def _why(claim: ClaimResult) -> str:
    """What a page says of why a claim came out so, without the table of rules."""
    page = Outline(render_html(replace(sample_run(), claims=(claim,))))
    [term] = [each for each in page.all("dt") if each.text == "Why, from the kernel"]
    return page.all("dd")[page.all("dt").index(term)].text


def test_the_kernel_tells_of_a_request_too() -> None:
    """Its SYN is traced, as a probe is; where no rule was passed, the page says that instead of an empty table."""
    way = replace(node_port_way(), summary="GET / HTTP/1.1", outcome="dropped without a word")
    asked = replace(moved(), trace=KernelTrace(way, (PASSED, POLICY)))
    assert _why(moved()).startswith("One further probe, not judged, came to: ")
    assert "The kernel's own trace of it:" in _why(moved())
    assert _why(asked).startswith(
        "One further request, not judged, came to: dropped without a word. The kernel's own trace of its SYN:"
    )
    never_left = replace(moved(), trace=KernelTrace(way, ()))
    assert "The kernel told of no rule that its SYN passed." in _why(never_left)


def test_a_failure_without_a_trace_says_why() -> None:
    """What the API is asked no rule decides; of any other claim that fails a trace is missing, for a reason."""
    refused = replace(moved(), trace=None, observed=Rejected(("spec.type",), 422, "Invalid"))
    assert "a request to the API" in _why(refused)
    assert "nft is gone" in _why(replace(moved(), trace=None, evidence_error="nft is gone"))
    assert _why(replace(moved(), trace=None)) == "not among these results"
