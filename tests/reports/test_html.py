"""The page of a run as a document: self-contained, linked, and readable without seeing it."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote

import pytest

from conformance.results import Run
from reports.html import render_html
from tests.reports.outline import Outline
from tests.reports.sample import empty_run, interrupted_run, moved, sample_run

RUNS = pytest.mark.parametrize("make", [sample_run, empty_run, interrupted_run])


@pytest.fixture(scope="module", name="page")
def _page() -> Outline:
    return Outline(render_html(sample_run()))


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
