"""The section on the way from kube-proxy's DNAT to the pod: there once for a run, of what its lab had."""

from dataclasses import replace

from lab.api import PodNetworkRecord
from reports.document import shown
from reports.html import render_html
from reports.pod_network import explained
from tests.reports.sample import sample_run
from tests.reports.sample_lab import a_lab, a_pod_network

HEADING = '<h2 id="pod-network">'


def test_each_run_is_explained_once() -> None:
    """Of several labs that were looked at the first stands for all; runs with the same network each have their own."""
    twice = replace(a_lab("lab-1"), pod_network=PodNetworkRecord(error="another"))
    run = sample_run()
    run = replace(run, labs=(*run.labs, twice))
    found = explained(shown([run, replace(run, run_id="another")]))
    assert [each.record for each in found] == [a_pod_network()] * 2
    assert {each.network for each in found} == {a_lab("lab-0").network}


def test_every_entry_is_on_the_page() -> None:
    """Each line of the path and of the tables, with an anchor for the section, the network and the path."""
    page = render_html(sample_run())
    assert page.count(HEADING) == 1
    for anchor in ("pod-network", "pod-network-iptables-flannel", "path-iptables-flannel-pod-b1"):
        assert f'id="{anchor}"' in page
    record = a_pod_network()
    for entry in record.paths[0].entries:
        assert entry.text.replace(">", "&gt;") in page
    assert "\n".join(record.nodes[0].routes) in page
    assert "Policy rules" not in page


def test_what_could_not_be_read_is_said() -> None:
    """An error stands in place of the paths."""
    run = sample_run()
    broken = replace(a_lab("lab-0"), pod_network=PodNetworkRecord(error="no <route>"))
    assert '<pre tabindex="0">no &lt;route&gt;</pre>' in render_html(replace(run, labs=(broken,)))


def test_without_a_look_there_is_no_section() -> None:
    """Results of an earlier svcproof have none."""
    page = render_html(replace(sample_run(), labs=(a_lab("lab-0"),)))
    assert HEADING not in page
    assert "#pod-network" not in page
