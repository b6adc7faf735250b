"""Two labs at once, with the same addresses in both: each works, is looked at and ended without the other."""

import json
from collections.abc import Iterator

import pytest

from lab.model import Place
from tests_lab.commanded import COMMAND_SECONDS, Commanded
from tests_lab.waiting import until

IPTABLES, NFTABLES = "iptables-flannel", "nftables-flannel"
LABS = (IPTABLES, NFTABLES)
ADDRESS = "10.96.0.100"
_PROGRAMMED_SECONDS = 20.0
_USAGE = 2

# Runs where kube-apiserver does, with the lab's own credentials.
MAKE_SERVICE = f"""
import json, pathlib, sys
from lab.kube import Kube
config = json.loads(pathlib.Path("/run/svcproof", sys.argv[1], "kubeconfig").read_text())
cluster = config["clusters"][0]["cluster"]
token = config["users"][0]["user"]["token"]
kube = Kube(cluster["server"], token, pathlib.Path(cluster["certificate-authority"]))
port = {{"port": 80, "targetPort": 8080}}
spec = {{"clusterIP": "{ADDRESS}", "selector": {{"app": "echo"}}, "ports": [port]}}
kube.create_service({{"metadata": {{"name": "echo"}}, "spec": spec}})
"""
ASK = f"""
import socket
with socket.create_connection(("{ADDRESS}", 80), timeout=1) as connection:
    print(connection.recv(100).decode())
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commanded]:
    """Both labs, brought up side by side, each with a Service at the same address."""
    svcproof = Commanded(tmp_path_factory.mktemp("two-labs"))
    try:
        with svcproof.started("up", IPTABLES) as one, svcproof.started("up", NFTABLES) as other:
            codes = one.wait(COMMAND_SECONDS), other.wait(COMMAND_SECONDS)
        assert codes == (0, 0), svcproof.output()
        for lab in LABS:
            made = at(svcproof, lab, "underlay", MAKE_SERVICE, lab)
            assert made == (0, ""), made
        yield svcproof
    finally:
        svcproof("down", "--all")
        svcproof.close()


def at(svcproof: Commanded, lab: str, place: str, program: str, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a Python program at a place."""
    command = ("--", svcproof.python, "-c", program, *arguments)
    done = svcproof("exec", "--lab", lab, place, *command)
    return done.returncode, done.stdout + done.stderr


def answer(svcproof: Commanded, lab: str) -> str:
    """What a connection from a pod to the Service is greeted with, once the rules are there."""

    def greeted() -> str | None:
        code, said = at(svcproof, lab, "pod-a1", ASK)
        return said if code == 0 else None

    return until(f"the Service of {lab} answers", _PROGRAMMED_SECONDS, greeted)


@pytest.mark.parametrize("lab", LABS)
def test_a_flow_works_in_each(both: Commanded, lab: str) -> None:
    """A pod is answered by a pod through the cluster IP."""
    assert answer(both, lab).startswith("pod-")


def test_both_are_listed(both: Commanded) -> None:
    """`labs` names both, as text and as JSON."""
    assert sorted(both.lab_names()) == sorted(LABS)
    assert all(lab in both("labs").stdout for lab in LABS)


@pytest.mark.parametrize("lab", LABS)
def test_status_shows_places_and_programs(both: Commanded, lab: str) -> None:
    """`status` names every place with its address, and the programs; --json the same for programs."""
    said = both("status", lab)
    assert said.returncode == 0
    assert all(f"  {place}" in said.stdout for place in Place)
    facts = json.loads(both("status", lab, "--json").stdout)
    assert set(facts["facts"]["places"]) == set(Place)
    assert "kube-proxy" in {program["name"] for program in facts["facts"]["record"]["programs"]}


def test_a_lab_must_be_named_where_two_stand(both: Commanded) -> None:
    """Exit 2, with the names to choose from."""
    said = both("exec", "worker-a", "--", "true")
    assert (said.returncode, "several labs stand" in said.stderr) == (_USAGE, True)
    assert all(lab in said.stderr for lab in LABS)


@pytest.mark.parametrize("code", [0, 7])
def test_exec_passes_the_exit_code_on(both: Commanded, code: int) -> None:
    """A command's exit code is svcproof's, and it sees the place that it is at."""
    done = both("exec", "--lab", IPTABLES, "worker-b", "--", "sh", "-c", f"echo $SVCPROOF_PLACE; exit {code}")
    assert (done.returncode, done.stdout) == (code, "worker-b\n")


def test_exec_tells_signals_and_missing_programs(both: Commanded) -> None:
    """128 + N for a signal, 127 with a message for a program that is not there."""
    killed = both("exec", "--lab", IPTABLES, "worker-b", "--", "sh", "-c", "kill -9 $$")
    missing = both("exec", "--lab", IPTABLES, "worker-b", "--", "/nowhere/program")
    assert (killed.returncode, missing.returncode) == (137, 127)
    assert "cannot run /nowhere/program" in missing.stderr


@pytest.mark.parametrize("command", ["exec", "dump"])
def test_an_unknown_place_lists_the_places(both: Commanded, command: str) -> None:
    """Exit 2, with every place there is."""
    rest = ("--", "true") if command == "exec" else ()
    said = both(command, "--lab", NFTABLES, "worker-z", *rest)
    assert said.returncode == _USAGE
    assert all(place in said.stderr for place in Place)
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("lab", "section", "rule"),
    [
        (IPTABLES, "iptables", "KUBE-SERVICES -d 10.96.0.100/32"),
        (NFTABLES, "nftables", "table ip kube-proxy"),
    ],
)
def test_dump_shows_rules_with_their_service(both: Commanded, lab: str, section: str, rule: str) -> None:
    """Every section is there; kube-proxy's rules, and behind a chain's name the Service that it serves."""
    answer(both, lab)
    said = both("dump", "--lab", lab, "worker-a")
    assert said.returncode == 0
    sections = ("addresses", "routes", "neighbours", "nftables", "iptables", "conntrack")
    assert all(f"== worker-a: {each} (" in said.stdout for each in sections)
    shown = said.stdout.partition(f"== worker-a: {section} (")[2]
    assert rule in shown
    assert "# default/echo" in shown


def test_a_taken_name_is_refused(both: Commanded) -> None:
    """`up` with the name of a lab that stands: exit 2, and that lab stands on."""
    said = both("up", NFTABLES, "--name", IPTABLES)
    assert said.returncode == _USAGE
    assert f"a lab named '{IPTABLES}' stands already" in said.stderr
    assert sorted(both.lab_names()) == sorted(LABS)


def test_one_goes_and_the_other_stays(both: Commanded) -> None:
    """`down` ends one lab with all its processes; the other still answers, and is then ended too."""
    assert both("down", IPTABLES).returncode == 0
    assert both.lab_names() == [NFTABLES]
    assert [each for each in both.processes() if f"/run/svcproof/{IPTABLES}/" in each.command] == []
    assert answer(both, NFTABLES).startswith("pod-")
    last = both("down")
    assert (last.returncode, last.stdout) == (0, f"{NFTABLES} is down\n")
    both.wait_gone()
