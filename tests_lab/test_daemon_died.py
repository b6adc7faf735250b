"""A program of a lab that ends by itself is a lab error: said by `status`, and never a pass in a run."""

import os
import re
import signal

from conformance.exit_codes import NOT_TESTED
from conformance.results import Verdict
from tests_lab.commanded import COMMAND_SECONDS, Commanded
from tests_lab.waiting import until

_NOTICED_SECONDS = 10.0


def kill_kube_proxy(svcproof: Commanded, lab: str) -> None:
    """Kills kube-proxy of the second node, as the machine numbers it."""
    proxy = svcproof.process(f"--config=/run/svcproof/{lab}/kube-proxy-worker-b.json")
    os.kill(proxy.pid, signal.SIGKILL)


def test_status_says_which_program_ended(svcproof: Commanded) -> None:
    """Exit 3, the program's name and the end of its log; the lab stands on and can be looked at and ended."""
    assert svcproof("up", "nftables-flannel").returncode == 0
    assert svcproof("status").returncode == 0
    kill_kube_proxy(svcproof, "nftables-flannel")
    said = until(
        "status is no longer sound",
        _NOTICED_SECONDS,
        lambda: found if (found := svcproof("status")).returncode else None,
    )
    assert said.returncode == NOT_TESTED
    assert "kube-proxy-worker-b ended by itself with exit code -9" in said.stdout
    assert "SyncProxyRules complete" in said.stdout
    assert '"trouble":"kube-proxy-worker-b ended' in svcproof("status", "--json").stdout.replace(
        '": "', '":"'
    )
    assert svcproof("exec", "worker-a", "--", "true").returncode == 0
    assert svcproof("down").returncode == 0


def test_a_run_whose_kube_proxy_died_is_not_green(svcproof: Commanded) -> None:
    """What comes after is a lab error that names the program, exit 3; nothing fails, nothing later passes."""
    with svcproof.started("run", "iptables-flannel", "-n", "1", "--", "-v") as run:
        svcproof.wait_first_verdict()
        kill_kube_proxy(svcproof, "lab")
        assert run.wait(COMMAND_SECONDS) == NOT_TESTED, svcproof.output()
    results = svcproof.results()
    assert results.exit_code == NOT_TESTED
    judged = re.findall(r"^\S+\.py::\S+ (PASSED|XFAIL|FAILED|ERROR)", svcproof.output(), re.MULTILINE)
    passed = [word in ("PASSED", "XFAIL") for word in judged]
    assert len(judged) == len(results.claims)
    assert passed == sorted(passed, reverse=True)
    assert passed[0]
    errors = [claim for claim in results.claims if claim.verdict is Verdict.LAB_ERROR]
    assert len(errors) == passed.count(False)
    assert all("kube-proxy-worker-b ended by itself" in claim.error for claim in errors[1:])
    assert {claim.verdict for claim in results.claims} <= {
        Verdict.PASS,
        Verdict.KNOWN_DIFFERENCE,
        Verdict.LAB_ERROR,
    }
