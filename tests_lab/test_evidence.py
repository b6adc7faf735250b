"""What a run keeps beside verdicts, in real labs: rules with handles, the kernel's trace, packets for Wireshark."""

import pytest

from conformance.results import Verdict
from lab.components.products import KUBERNETES_VERSION
from lab.traffic.pcapng import packets_of
from svcproof.settings import Settings
from tests_lab.commanded import Commanded


@pytest.mark.parametrize("profile", ["iptables-flannel", "nftables-flannel"])
def test_the_kernel_names_the_rules_of_a_probe(svcproof: Commanded, profile: str) -> None:
    """Of each claim: the Service's rules with handles, its connections and manifest; the trace leads to an endpoint."""
    done = svcproof("run", profile, "--trace", "--claim", "np-cluster.*", "--claim", "noep-cip.from_pod")
    assert done.returncode == 0, done.stderr
    claims = {claim.id: claim for claim in svcproof.results().claims}
    assert [claim.evidence_error for claim in claims.values() if claim.evidence_error] == []
    served = claims["np-cluster.outside_to_node_without_endpoint"]
    [node] = served.nodes
    assert node.node == "worker-c"
    assert any(rule.handle for rule in node.rules)
    # A rule without a comment is of the Service of its chain; that leads to it, and is named there.
    named = {rule.chain for rule in node.rules if "default/np" in f"{rule.chain} {rule.text}"}
    assert named
    assert {rule.chain for rule in node.rules} == named
    others = [rule for rule in node.rules if "default/" in rule.text and "default/np" not in rule.text]
    assert others == []
    assert node.conntrack
    assert "nodePort:" in served.manifests
    assert "kind: EndpointSlice" in served.manifests
    assert served.trace is not None
    passed = [
        rule for rule in served.trace.rules if rule.node == "worker-c" and rule.service == "default/np:http"
    ]
    assert "accept" in [rule.verdict for rule in passed]
    assert all(rule.text for rule in passed)
    refused = claims["noep-cip.from_pod"].trace
    assert refused is not None
    assert refused.way.outcome == "refused by worker-a with ICMP port unreachable"
    assert any("reject" in rule.text.lower() for rule in refused.rules)


@pytest.mark.parametrize(
    ("profile", "encapsulation", "between"),
    [
        ("iptables-flannel", "vxlan", ["route", "interface", "neighbour", "forwarding"]),
        ("nftables-calico", "none", []),
        ("iptables-calico", "vxlan", ["route", "interface", "neighbour", "forwarding"]),
    ],
)
def test_the_way_to_the_pod_is_told(
    svcproof: Commanded, profile: str, encapsulation: str, between: list[str]
) -> None:
    """From the rule that translates to the pod's link: every entry of the kernels, in a tunnel or without."""
    done = svcproof("run", profile, "--encapsulation", encapsulation, "--claim", "net-pod.tcp_across_nodes")
    assert done.returncode == 0, done.stderr
    found = [lab.pod_network for lab in svcproof.results().labs if lab.pod_network is not None]
    [network] = found
    assert network.error == ""
    assert [path.endpoint for path in network.paths] == ["pod-a1", "pod-b1"]
    assert [tables.node for tables in network.nodes] == ["worker-a", "worker-b", "worker-c"]
    for path in network.paths:
        first = [entry for entry in path.entries if entry.place == "worker-a"]
        rules = [entry.text for entry in first if entry.carrier == "rule"]
        assert "handle" in rules[-1]
        assert "dnat" in rules[-1].lower()
        assert path.entries[-1].place == path.endpoint
    sent = [entry.carrier for entry in first if entry.carrier not in ("rule", "packet")]
    assert sent == [*between, "route", "interface", "neighbour"]
    [*_, out] = [entry.text for entry in first if entry.carrier == "packet"]
    assert ("vxlan" in out) is (encapsulation == "vxlan")


FIREWALLED = """#!/bin/sh
case "$*" in *worker-b*)
    nft 'add table ip firewall; add chain ip firewall in { type filter hook input priority 0; }'
    nft 'add rule ip firewall in tcp dport 30000-32767 drop' ;;
esac
exec KUBE_PROXY "$@"
"""
"""The real kube-proxy, and on one node a firewall that nobody told of health checks."""


@pytest.mark.parametrize("profile", ["iptables-flannel", "nftables-flannel"])
def test_the_kernel_names_the_rule_that_drops_a_request(svcproof: Commanded, profile: str) -> None:
    """The SYN of a health check is told of as a probe is, once though it is sent again; the API is not traced."""
    programs = Settings.from_env(svcproof.environ).cache / "programs" / "kube-proxy"
    real = max(programs.glob(f"{KUBERNETES_VERSION}-*/kube-proxy"), key=lambda path: path.stat().st_mtime)
    wrapper = svcproof.home / "kube-proxy-of-a-firewalled-node"
    wrapper.write_text(FIREWALLED.replace("KUBE_PROXY", str(real)))
    wrapper.chmod(0o755)
    wanted = ("hcnp.node_with_one_endpoint", "hcnp.from_the_node_itself", "api-spec.health_check")
    given = [word for claim in wanted for word in ("--claim", claim)]
    done = svcproof("run", profile, "--kube-proxy", str(wrapper), "--trace", *given)
    assert done.returncode == 1, done.stderr
    claims = {claim.id: claim for claim in svcproof.results().claims}
    broken, sound, created = (claims[name] for name in wanted)
    assert broken.verdict is Verdict.FAIL
    assert broken.trace is not None
    assert broken.trace.way.outcome == "dropped without a word"
    *before, last = broken.trace.rules
    assert (last.node, last.table, last.verdict) == ("worker-b", "ip firewall", "drop")
    assert "ip firewall" not in {rule.table for rule in before}
    assert sound.trace is not None
    assert sound.trace.way.outcome.startswith("answered with HTTP status 200")
    assert {rule.node for rule in sound.trace.rules} == {"worker-a"}
    assert created.trace is None


def test_a_failure_can_be_attached_to_an_issue(svcproof: Commanded) -> None:
    """A broken claim leaves its packets, what every node holds and the trace, and a file with all of it."""
    (svcproof.home / "conftest.py").write_text(
        "import pytest\n"
        "from conformance.outcome import Dropped\n"
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        item.callspec.params['expect'] = Dropped()\n"
    )
    svcproof.environ["PYTHONPATH"] += f":{svcproof.home}"
    claim = "cip-basic.pod_on_another_node"
    done = svcproof("run", "nftables-flannel", "--claim", claim, "--", "-p", "conftest")
    assert done.returncode == 1, done.stderr
    run = svcproof.home / "runs" / "latest"
    [result] = svcproof.results().claims
    assert result.verdict is Verdict.FAIL
    assert result.trace is not None
    kept = {path.name for path in (run / result.bundle).iterdir()}
    assert {"packets.pcapng", "manifests.yaml", "trace.txt", "rules-worker-b.txt"} <= kept
    packets = list(packets_of((run / result.bundle / "packets.pcapng").read_bytes()))
    assert len(packets) > 100
    assert (run / "bundles" / f"{claim}.zip").exists()
    assert svcproof("bundle", "runs/latest", "--redact").returncode == 0
    assert (run / "bundles" / f"{claim}-redacted.zip").exists()
