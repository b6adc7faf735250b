"""What a claim shows of packets: the wire log, and the way as a drawing."""

from itertools import pairwise

import pytest

from conformance.results import Verdict
from reports.html import render_html
from tests.reports.outline import Outline
from tests.reports.sample import reached, sample_run


@pytest.fixture(scope="module", name="page")
def _page() -> Outline:
    return Outline(render_html(sample_run()))


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


def test_drawings_stand_beside_each_other(page: Outline) -> None:
    """None is within a paragraph, in which it would be a character of a line."""
    for drawing in page.all("svg"):
        assert not [outer for outer in drawing.ancestors if outer.tag == "p"]
