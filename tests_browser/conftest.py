"""One browser for all tests, and the reports that it opens."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.results import Verdict
from reports.html import render_html
from tests.reports.sample import large_run, moved, sample_run
from tests_browser.browser import Browser, chromium, started


@pytest.fixture(scope="session", name="browser")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with started(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="session", name="single")
def _single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of one run with a claim for each verdict."""
    page = tmp_path_factory.mktemp("single") / "report.html"
    page.write_text(render_html(sample_run()))
    return page


@pytest.fixture(scope="session", name="several")
def _several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two runs that differ in a claim."""
    claims = tuple(
        replace(claim, verdict=Verdict.PASS, observed=claim.expected) if claim.id == moved().id else claim
        for claim in sample_run().claims
    )
    other = replace(sample_run(), profile="nftables-flannel", run_id="other", claims=claims)
    page = tmp_path_factory.mktemp("several") / "report.html"
    page.write_text(render_html(sample_run(), other))
    return page


@pytest.fixture(scope="session", name="large")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 5,000 claims."""
    page = tmp_path_factory.mktemp("large") / "report.html"
    page.write_text(render_html(large_run(5000)))
    return page
