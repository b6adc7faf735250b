"""The report in a real browser: it loads nothing, fits, leads where it says, can be searched, heard and printed."""

import base64
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.reports.sample import moved, sample_run
from tests_browser.browser import Browser

EVERY_CLAIM = len(sample_run().claims)
_VISIBLE = "[...document.querySelectorAll('section.claim')].filter(it => it.offsetParent !== null)"
_CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
_LOOKS = pytest.mark.parametrize(
    ("width", "dark"), [(1400, False), (1400, True), (390, False), (390, True)], ids=str
)


@pytest.mark.parametrize("which", ["single", "several"])
def test_nothing_is_asked_for(browser: Browser, which: str, request: pytest.FixtureRequest) -> None:
    """The file itself is the only request, and nothing is refused by its own policy or fails in its script."""
    page: Path = request.getfixturevalue(which)
    browser.look(1400, 900)
    browser.open(page)
    browser.run("new Promise(done => requestAnimationFrame(() => done(1)))")
    asked = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if url != page.as_uri()] == []
    told = [
        event
        for event in browser.events
        if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")
    ]
    assert told == []


@_LOOKS
@pytest.mark.parametrize("which", ["single", "several"])
def test_it_fits(
    browser: Browser, which: str, width: int, *, dark: bool, request: pytest.FixtureRequest
) -> None:
    """No window is too narrow: what is wider than it scrolls by itself, and the page does not."""
    browser.look(width, 900, dark=dark)
    browser.open(request.getfixturevalue(which))
    browser.run("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert browser.run("document.documentElement.scrollWidth - innerWidth") <= 0
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground.strip("rgb()").split(","))) < 384) is dark


@_LOOKS
def test_text_can_be_read(browser: Browser, several: Path, width: int, *, dark: bool) -> None:
    """Every text of the page has contrast AA on what is behind it."""
    browser.look(width, 900, dark=dark)
    browser.open(several)
    browser.run("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert browser.run(_CONTRAST) == []


@pytest.mark.parametrize("which", ["single", "several"])
def test_links_lead_where_they_say(browser: Browser, which: str, request: pytest.FixtureRequest) -> None:
    """Each link within the page brings its target into view."""
    browser.look(1400, 900)
    browser.open(request.getfixturevalue(which))
    links = browser.run(
        "[...new Set([...document.querySelectorAll('a[href^=\"#\"]')].map(it => it.getAttribute('href')))]"
    )
    assert len(links) > EVERY_CLAIM
    for link in links:
        browser.run(f"location.hash = {link!r}")
        top, height = browser.run(
            f"(() => {{ const box = document.getElementById({unquote(link[1:])!r}).getBoundingClientRect();"
            "return [box.top, document.documentElement.scrollHeight - scrollY - innerHeight]; })()"
        )
        assert -1 <= top <= 900 or height <= 1, link


def test_a_claim_that_is_linked_to_opens_there(browser: Browser, single: Path) -> None:
    """A link from outside to a claim shows that claim."""
    browser.look(1400, 900)
    browser.open(single, f"#{moved().id}")
    top = f"document.getElementById({moved().id!r}).getBoundingClientRect().top"
    browser.wait(f"Math.abs({top}) < 40")
    assert abs(browser.run(top)) < 40


def test_the_way_to_the_pod_is_there(browser: Browser, several: Path) -> None:
    """Of each run a table of what carried a packet from kube-proxy's DNAT to the pod, which the contents lead to."""
    browser.look(1400, 900)
    browser.open(several, "#pod-network")
    browser.wait("Math.abs(document.getElementById('pod-network').getBoundingClientRect().top) < 40")
    assert browser.run("document.querySelectorAll('nav a[href=\"#pod-network\"]').length") == 1
    for run in ("iptables-flannel", "nftables-flannel"):
        carriers: list[str] = browser.run(
            f"[...document.querySelectorAll('#path-{run}-pod-b1 + div td:nth-child(2)')].map(it => it.textContent)"
        )
        assert carriers == ["packet", "rule", "route", "forwarding", "route"]


def test_search_and_filter(browser: Browser, single: Path) -> None:
    """Words and a verdict leave the claims that have both; nothing typed leaves all."""
    browser.look(1400, 900)
    browser.open(single)

    def found(word: str, verdict: str) -> list[str]:
        browser.run(
            f"(() => {{ const form = document.getElementById('filter');"
            f"form.querySelector('input').value = {word!r}; form.querySelector('select').value = {verdict!r};"
            "form.dispatchEvent(new Event('input')); })()"
        )
        ids: list[str] = browser.run(f"{_VISIBLE}.map(it => it.id)")
        return ids

    assert found("source_is_a_node", "") == [moved().id]
    assert sorted(found("", "fail")) == sorted(c.id for c in sample_run().claims if c.verdict == "fail")
    assert found("source_is_a_node", "pass") == []
    assert len(found("", "")) == EVERY_CLAIM


def test_without_script_everything_is_there(browser: Browser, single: Path) -> None:
    """No script: every claim is to be read, and no search is offered that would not work."""
    browser.look(1400, 900)
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(single)
        assert browser.run(f"{_VISIBLE}.length") == EVERY_CLAIM
        assert browser.run("getComputedStyle(document.getElementById('filter')).display") == "none"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_the_keyboard_is_enough(browser: Browser, single: Path) -> None:
    """Tab begins with the way past the head; a slash goes to the search; what scrolls can be reached."""
    browser.look(390, 900)
    browser.open(single)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.press("/")
    assert browser.run("document.activeElement.type") == "search"
    browser.run("document.querySelectorAll('details').forEach(it => it.open = true)")
    unreachable = browser.run(
        "[...document.querySelectorAll('pre, div')].filter(it => it.scrollWidth > it.clientWidth + 1"
        " && getComputedStyle(it).overflowX === 'auto' && it.tabIndex < 0).map(it => it.outerHTML.slice(0, 80))"
    )
    assert unreachable == []


def test_it_can_be_heard(browser: Browser, several: Path) -> None:
    """Landmarks, a name for every drawing and every region, header cells for every table, as the browser tells them."""
    browser.look(1400, 900)
    browser.open(several)
    browser.run("document.querySelectorAll('details').forEach(it => it.open = true)")
    nodes = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]
    kinds = {role for role, _ in roles}
    assert {"banner", "navigation", "main", "contentinfo", "search"} <= kinds
    named = {"img", "image", "region", "navigation", "table", "heading", "link", "textbox", "searchbox"}
    assert [role for role, name in roles if role in named and not name.strip()] == []
    assert sum(role == "columnheader" for role, _ in roles) >= sum(role == "table" for role, _ in roles)


def test_it_prints(browser: Browser, single: Path) -> None:
    """On paper: dark ink whatever the reader likes on a screen, no navigation, folded parts open, and pages."""
    browser.look(1400, 900, dark=True, media="print")
    browser.open(single)
    assert browser.run("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("[...document.querySelectorAll('details')].every(it => it.open)")
    pdf = base64.b64decode(browser.call("Page.printToPDF")["data"])
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000


def test_five_thousand_claims_can_be_searched(browser: Browser, large: Path) -> None:
    """A large report opens, and a search leaves what was asked for."""
    assert large.stat().st_size <= 5_000_000
    browser.look(1400, 900)
    browser.open(large)
    browser.run(
        "(() => { const form = document.getElementById('filter'); form.querySelector('input').value = 'from_a_pod_17';"
        "form.dispatchEvent(new Event('input')); })()"
    )
    listed = "[...document.querySelectorAll('.requirement li')].filter(it => !it.hidden)"
    names = browser.run(f"{listed}.map(it => it.textContent)")
    assert 0 < len(names) < 100
    assert all("from_a_pod_17" in name for name in names)
