"""Real Calico's path through the lab, with stand-ins for its programs that do the least of what these do.

Calico's own programs are not to be had where these tests run. The stand-ins note how they are called; felix asks once
to be started again, then writes routes and reports readiness; the CNI plugin links a pod as Calico's does.
"""

import json
from pathlib import Path

from lab.model import NODES
from tests_lab.commanded import Commanded

_CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.crd.projectcalico.org}}
spec:
  group: crd.projectcalico.org
  names: {{kind: {kind}, plural: {plural}, singular: {singular}, listKind: {kind}List}}
  scope: Cluster
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
---
"""
_KINDS = ("ClusterInformation", "FelixConfiguration", "IPPool", "IPAMBlock")
_NODE = """
import http.server, os, subprocess, sys
from pathlib import Path
from lab.model import Place
from lab.netns import plan
from lab.networks.calico.addressing import BLOCKS, peers

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readiness" else 404)
        self.end_headers()

if sys.argv[1] == "-v":
    sys.exit(print("v3.32.1"))
node = Place(os.environ["NODENAME"])
with (HOME / "calls").open("a") as calls:
    calls.write(f"{node} {' '.join(sys.argv[1:])}\\n")
if sys.argv[1] == "-felix":
    restarted = Path("/run/calico/restarted")
    if not restarted.exists():
        restarted.touch()
        sys.exit(129)
    for peer in peers(node):
        subprocess.run(["ip", "route", "add", str(BLOCKS[peer]), "via", str(plan.NODE_ADDRESSES[peer])], check=True)
    http.server.HTTPServer(("127.0.0.1", 9099), Ready).serve_forever()
"""
_CNI = """
import json, os, sys
from pathlib import Path
from lab.model import Place
from lab.netns.namespaces import Namespaces
from lab.networks.calico import pods

if sys.argv[1:] == ["-v"]:
    sys.exit(print("v3.32.1"))
asked = json.load(sys.stdin)
pod = Place(os.environ["CNI_ARGS"].rpartition("=")[2])
prefix = Path(os.environ["CNI_NETNS"]).name.removesuffix(pod)
address = pods.attach(Namespaces(prefix), pod, asked["mtu"])
print(json.dumps({"cniVersion": asked["cniVersion"], "ips": [{"address": f"{address}/32"}]}))
"""


def stand_ins(svcproof: Commanded) -> Path:
    """A directory for --components."""
    directory = svcproof.home / "calico"
    (directory / "crds").mkdir(parents=True)
    for program, text in {"calico-node": _NODE, "calico": _CNI, "calico-ipam": _CNI}.items():
        file = directory / program
        head = f"#!{svcproof.python}\nfrom pathlib import Path\nHOME = Path({str(directory)!r})\n"
        file.write_text(head + text)
        file.chmod(0o755)
    names = {kind: f"{kind.lower()}s" for kind in _KINDS} | {"BlockAffinity": "blockaffinities"}
    crds = [_CRD.format(kind=kind, plural=plural, singular=kind.lower()) for kind, plural in names.items()]
    (directory / "crds" / "crds.yaml").write_text("".join(crds))
    return directory


def test_calicos_programs_run_where_they_are_handed_in(svcproof: Commanded) -> None:
    """Each node starts up, gets its tunnel's address, and felix, again after 129; pods are attached by the plugin."""
    directory = stand_ins(svcproof)
    finished = svcproof(
        "run", "nftables-calico", "-n", "1", "--components", str(directory), "--claim", "net-pod.*"
    )
    assert finished.returncode == 0, finished.stderr + finished.stdout
    calls = (directory / "calls").read_text().splitlines()
    for node in NODES:
        assert [call for call in calls if call.startswith(node)] == [
            f"{node} -startup",
            f"{node} -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once",
            f"{node} -felix",
            f"{node} -felix",
        ]
    [lab] = json.loads((svcproof.home / "runs" / "latest" / "results.json").read_text())["labs"]
    assert lab["network"] == "calico 3.32.1, encapsulation none"
    assert {"calico-node", "calico", "calico-ipam"} <= {program["name"] for program in lab["programs"]}


def test_half_a_set_of_calicos_programs_is_a_lab_error(svcproof: Commanded) -> None:
    """The run does not begin; what is missing is named."""
    directory = stand_ins(svcproof)
    (directory / "calico-ipam").unlink()
    finished = svcproof("run", "nftables-calico", "--components", str(directory), "--claim", "net-pod.*")
    assert finished.returncode == 3
    assert "missing: calico-ipam" in finished.stderr
