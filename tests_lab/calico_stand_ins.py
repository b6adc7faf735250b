"""Stand-ins for Calico's programs that do the least of what these do, and end where the lab left out a step.

They note how they are called. calico-node finds the IPPool, tells the API the addresses of its node, keeps the node's
name where the real one keeps it, and has felix ask once to be started again; felix then writes routes and reports
readiness. The CNI plugin asks calico-ipam for the pod's address and links the pod as Calico does.
"""

import fcntl
import http.server
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml

from lab.model import Place
from lab.netns import plan
from lab.netns.namespaces import Namespaces
from lab.networks.calico import pods, tunnel
from lab.networks.calico.addressing import BLOCKS, peers, pod_address, tunnel_address
from lab.profiles import Encapsulation

VERSION = "v3.32.1"
_CALICO = "/apis/crd.projectcalico.org/v1"
_MERGE = "application/merge-patch+json"
_ADDRESS, _TUNNEL = "projectcalico.org/IPv4Address", "projectcalico.org/IPv4VXLANTunnelAddr"
_NODE_NAME, _RESTARTED = Path("/var/lib/calico/nodename"), Path("/run/calico/restarted")
_RESTART = 129
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
_PLURALS = {kind: f"{kind.lower()}s" for kind in _KINDS} | {"BlockAffinity": "blockaffinities"}


@dataclass(frozen=True, slots=True)
class _Api:
    """The API that a kubeconfig names. lab.kube would take these short programs most of their time to import."""

    server: str
    token: str
    authority: str

    def request(self, method: str, path: str, body: object = None, kind: str = "application/json") -> Any:  # noqa: ANN401 - the API's JSON
        """One request; the decoded answer. HTTPError when the API refuses it."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        content = None if body is None else json.dumps(body).encode()
        asked = Request(self.server + path, content, headers, method=method)  # noqa: S310 - the lab's own API
        with urlopen(asked, context=ssl.create_default_context(cafile=self.authority)) as answer:  # noqa: S310 - so is this
            return json.load(answer)


def write_stand_ins(directory: Path, python: str) -> Path:
    """A directory for --components. The programs note their calls in a file `calls` of it."""
    (directory / "crds").mkdir(parents=True)
    for program, function in {"calico-node": "node", "calico": "plugin", "calico-ipam": "ipam"}.items():
        file = directory / program
        file.write_text(
            f"#!{python}\nimport sys\nfrom pathlib import Path\n"
            f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
            f"from tests_lab.calico_stand_ins import {function}\n"
            f"{function}(Path({str(directory)!r}) / 'calls', sys.argv[1:])\n"
        )
        file.chmod(0o755)
    crds = [_CRD.format(kind=kind, plural=plural, singular=kind.lower()) for kind, plural in _PLURALS.items()]
    (directory / "crds" / "crds.yaml").write_text("".join(crds))
    return directory


def node(calls: Path, arguments: Sequence[str]) -> None:
    """calico-node."""
    _answer_version(arguments)
    name = Place(os.environ["NODENAME"])
    _note(calls, f"{name} {' '.join(arguments)}")
    api = _api(Path(os.environ["KUBECONFIG"]))
    match arguments[0]:
        case "-startup":
            _start_up(api, name)
        case "-allocate-tunnel-addrs":
            if _encapsulation(api) is Encapsulation.VXLAN:
                _annotate(api, name, {_TUNNEL: str(tunnel_address(name))})
        case "-felix":
            _felix(api, name)
        case other:
            sys.exit(f"calico-node has no {other}")


def plugin(calls: Path, arguments: Sequence[str]) -> None:
    """The CNI plugin, which has calico-ipam give the address."""
    _answer_version(arguments)
    asked = json.load(sys.stdin)
    pod = _pod()
    delegate = next(
        path for it in os.environ["CNI_PATH"].split(":") if (path := Path(it, asked["ipam"]["type"])).exists()
    )
    given = subprocess.run([delegate], input=json.dumps(asked), check=True, capture_output=True, text=True)
    _note(calls, f"calico {pod}")
    prefix = Path(os.environ["CNI_NETNS"]).name.removesuffix(pod)
    address = pods.attach(Namespaces(prefix), pod, asked["mtu"])
    result = json.loads(given.stdout)
    if result["ips"] != [{"address": f"{address}/32"}]:
        sys.exit(f"calico-ipam gave {result['ips']}")
    print(given.stdout)


def ipam(calls: Path, arguments: Sequence[str]) -> None:
    """calico-ipam, under its lock."""
    _answer_version(arguments)
    asked = json.load(sys.stdin)
    with Path(asked["ipam"]["ipam_lock_file"]).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pod = _pod()
        _note(calls, f"calico-ipam {os.environ['CNI_COMMAND']} {pod}")
        print(json.dumps({"cniVersion": asked["cniVersion"], "ips": [{"address": f"{pod_address(pod)}/32"}]}))


def _start_up(api: _Api, name: Place) -> None:
    """Needs the pool to be there; a node's name in its own file system is the first that was written there."""
    if not _pool(api)["natOutgoing"] or _NODE_NAME.exists():
        sys.exit("no pool with natOutgoing, or this node has a name already")
    _NODE_NAME.write_text(name)
    _annotate(api, name, {_ADDRESS: os.environ["IP"]})
    information = {"apiVersion": "crd.projectcalico.org/v1", "kind": "ClusterInformation"}
    try:
        body = {**information, "metadata": {"name": "default"}, "spec": {"datastoreReady": True}}
        api.request("POST", f"{_CALICO}/clusterinformations", body)
    except HTTPError as refused:
        if refused.code != HTTPStatus.CONFLICT:
            raise


def _felix(api: _Api, name: Place) -> None:
    """Refuses to start where -startup or -allocate-tunnel-addrs did not run here before."""
    api.request("GET", f"{_CALICO}/clusterinformations/default")
    annotations = api.request("GET", f"/api/v1/nodes/{name}")["metadata"]["annotations"]
    encapsulation = _encapsulation(api)
    if _NODE_NAME.read_text() != name or annotations[_ADDRESS] != os.environ["IP"]:
        sys.exit("the directories of this node are another's")
    if not _RESTARTED.exists():
        _RESTARTED.touch()
        sys.exit(_RESTART)
    if encapsulation is Encapsulation.VXLAN:
        if annotations[_TUNNEL] != str(tunnel_address(name)):
            sys.exit("this node has no address for its tunnel")
        here = subprocess.run(["ip", "netns", "identify"], check=True, capture_output=True, text=True)
        tunnel.make(Namespaces(here.stdout.strip().removesuffix(name)), name, encapsulation)
    elif os.environ["FELIX_PROGRAMCLUSTERROUTES"] == "Enabled":
        for peer in peers(name):
            route = ["route", "add", str(BLOCKS[peer]), "via", str(plan.NODE_ADDRESSES[peer])]
            subprocess.run(["ip", *route], check=True)
    http.server.HTTPServer(("127.0.0.1", int(os.environ["FELIX_HEALTHPORT"])), _Ready).serve_forever()


class _Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readiness" else 404)
        self.end_headers()


def _answer_version(arguments: Sequence[str]) -> None:
    if arguments == ["-v"]:
        print(VERSION)
        sys.exit(0)


def _note(calls: Path, text: str) -> None:
    with calls.open("a") as file:
        file.write(f"{text}\n")


def _pod() -> Place:
    return Place(os.environ["CNI_ARGS"].rpartition("=")[2])


def _api(kubeconfig: Path) -> _Api:
    known = yaml.safe_load(kubeconfig.read_text())
    cluster, user = known["clusters"][0]["cluster"], known["users"][0]["user"]
    return _Api(cluster["server"], user["token"], cluster["certificate-authority"])


def _pool(api: _Api) -> Mapping[str, Any]:
    [pool] = api.request("GET", f"{_CALICO}/ippools")["items"]
    spec: Mapping[str, Any] = pool["spec"]
    return spec


def _encapsulation(api: _Api) -> Encapsulation:
    return Encapsulation.VXLAN if _pool(api)["vxlanMode"] == "Always" else Encapsulation.NONE


def _annotate(api: _Api, name: Place, annotations: Mapping[str, str]) -> None:
    api.request("PATCH", f"/api/v1/nodes/{name}", {"metadata": {"annotations": annotations}}, _MERGE)
