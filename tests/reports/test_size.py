"""How large a page gets, and how much work it is: bounds that no clock and no busy machine can move."""

import re
import sys
from dataclasses import replace
from types import FrameType

from conformance.results import Run, Verdict
from reports.html import MOST_BYTES, render_html
from tests.reports.outline import Outline
from tests.reports.sample import large_run, moved


def test_five_thousand_claims_fit() -> None:
    """A large run stays below the limit, and has one place for each claim; those that fail come before others."""
    run = large_run(5000)
    text = render_html(run)
    assert len(text.encode()) <= MOST_BYTES
    ids = Outline(text).ids()
    assert len(ids) == len(set(ids))
    assert {claim.id for claim in run.claims} <= set(ids)
    whole = set(re.findall(r'<section class=claim id="([^"]*)"', text))
    urgent = [claim.id for claim in run.claims if claim.verdict is Verdict.FAIL]
    assert whole <= set(urgent) or set(urgent) <= whole


def test_a_large_page_opens_what_differs() -> None:
    """Of many claims, the requirements of those that fail or differ are open, and all others are folded."""
    run = large_run(600)
    claims = tuple(
        claim if claim.requirement == moved().requirement else replace(claim, verdict=Verdict.NOT_RUN)
        for claim in run.claims
    )
    page = Outline(render_html(replace(run, claims=claims)))
    rows = page.all("tr", class_="requirement")
    is_open = {
        row.text.partition(".")[0]: "open" in page.within(row, "details")[0].attributes for row in rows
    }
    sentence = moved().requirement.sentence.partition(".")[0]
    assert is_open.pop(sentence)
    assert is_open
    assert not any(is_open.values())


def test_work_grows_as_the_claims_do() -> None:
    """Twice as many claims are no more than little more than twice the work, in calls of functions."""
    once, twice = _calls(large_run(60)), _calls(large_run(120))
    assert twice < 2.2 * once


def _calls(run: Run) -> int:
    """How many functions are called to render a run."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        render_html(run)
    finally:
        sys.setprofile(before)
    return count
