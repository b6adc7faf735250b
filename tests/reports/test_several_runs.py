"""A report of several runs: side by side, claim by claim, on one page."""

import json
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from conformance.results import Run, Verdict
from reports.for_programs import render_json
from reports.html import render_html
from reports.junit import render_junit
from tests.reports.outline import Outline
from tests.reports.sample import moved, reached, sample_run
from tests.reports.sample_facts import NOT_SUPPORTED


def _other() -> Run:
    """The sample in the other mode: what failed in one trait passes there, and one claim is not there."""
    claims = tuple(
        replace(claim, verdict=Verdict.PASS, observed=claim.expected, observed_text=claim.expected_text)
        if claim.id == moved().id
        else claim
        for claim in sample_run().claims[1:]
    )
    return replace(sample_run(), profile="nftables-flannel", run_id="other", claims=claims)


def test_every_link_leads_somewhere() -> None:
    """Ids exist once, though each claim is there once for each run."""
    page = Outline(render_html(sample_run(), _other()))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    inner = [link.attributes["href"] for link in page.all("a") if link.attributes["href"].startswith("#")]
    assert {unquote(target[1:]) for target in inner} <= set(ids)
    assert f"{moved().id}@nftables-flannel" in ids


def test_where_the_runs_differ_is_listed() -> None:
    """The claims with another observation, and those that a run has not; both observations side by side."""
    page = Outline(render_html(sample_run(), _other()))
    [table] = page.all("table", class_="differences")
    rows = [row.text for row in page.within(table, "tr")[1:]]
    assert len(rows) == 2
    assert moved().observed_text in next(row for row in rows if row.startswith(moved().id))
    assert "not in this run" in next(row for row in rows if row.startswith(sample_run().claims[0].id))


def test_each_claim_leads_to_its_other_runs() -> None:
    """A claim that runs observed otherwise names verdict and observation of each, and leads to its part."""
    page = Outline(render_html(sample_run(), _other()))
    [section] = page.all("section", id=moved().id)
    each = next(part.text for part in page.within(section, "dd") if "pass as expected" in part.text)
    assert each == f"iptables-flannel: fail {moved().observed_text}; nftables-flannel: pass as expected"
    links = {link.attributes["href"] for link in page.within(section, "a")}
    assert {f"#{moved().id}@{run}" for run in ("iptables-flannel", "nftables-flannel")} <= links


def test_what_runs_tell_alike_stands_once() -> None:
    """The same packets: drawing and wire log are those of the first run, and the second leads there."""
    page = Outline(render_html(sample_run(), replace(sample_run(), profile="nftables-flannel")))
    [section] = page.all("section", id=reached().id)
    assert len(page.within(section, "svg")) == 1
    assert "as in iptables-flannel" in section.text
    alone = Outline(render_html(sample_run()))
    once, twice = (len(each.within(each.all("section", id=moved().id)[0], "svg")) for each in (alone, page))
    assert twice == 2 * once > 0


def test_junit_counts_every_claim() -> None:
    """Failures, errors and skips add up, in a file that parsers read whatever an error held."""
    odd = replace(sample_run().claims[0], verdict=Verdict.LAB_ERROR, error="\x00\x1b[31m<&>", claim='a"<b')
    run = replace(sample_run(), claims=(*sample_run().claims, odd))
    [first, second] = ET.fromstring(render_junit([run, _other()]))  # noqa: S314 - our own text
    assert (first.get("tests"), first.get("failures"), first.get("errors"), first.get("skipped")) == (
        "11",
        "3",
        "3",
        "2",
    )
    assert len(first.findall("testcase")) == 11
    reasons = [skipped.attrib["message"] for skipped in first.findall("testcase/skipped")]
    assert f"not supported: {NOT_SUPPORTED}" in reasons
    assert len(first.findall("testcase/failure")) == 3
    assert second.get("name") == "nftables-flannel"


def test_programs_get_a_matrix() -> None:
    """Every claim of every run with its verdict, by the runs' labels."""
    document = json.loads(render_json([sample_run(), _other()]))
    assert document["claims"][moved().id] == {
        "iptables-flannel": {"verdict": "fail", "observed": moved().observed_text},
        "nftables-flannel": {"verdict": "pass", "observed": moved().expected_text},
    }
    assert document["runs"][0]["counts"]["fail"] == 2


def test_what_runs_have_alike_is_said_once() -> None:
    """In the head a fact that is one in all of them; of what differs, one line for the runs with the same claims."""
    page = Outline(render_html(sample_run(), replace(sample_run(), profile="nftables-flannel")))
    rows = page.within(page.all("table", class_="tested")[0], "tr")
    facts = {page.within(row, "th")[0].text: row for row in rows}
    assert len(page.within(facts["Kernel"], "td")) == 1
    assert len(page.within(facts["Proxy mode"], "td")) == 2
    groups = [row.text for row in page.within(page.all("table", class_="groups")[0], "tr")[1:]]
    assert all(group.startswith("iptables-flannel, nftables-flannel") for group in groups)
