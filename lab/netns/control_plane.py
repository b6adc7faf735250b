"""etcd, kube-apiserver and kube-controller-manager of one lab, in its underlay namespace."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.api import Deviation
from lab.components.program import Component, Program
from lab.kube import Kube
from lab.netns import plan
from lab.netns.daemon import Daemon, Launcher
from lab.netns.namespaces import UNDERLAY
from lab.polling import Limit, wait_until

DEVIATIONS = (
    Deviation(
        "the programs of the control plane collect garbage half as often as by default (GOGC is 200)",
        "it saves processor time; the control plane is not under test",
    ),
)

_ENVIRON = {"GOGC": "200"}
_ETCD = "http://127.0.0.1:2379"
_ETCD_PEER = "http://127.0.0.1:2380"

_UNASKED_GROUPS = (
    "apps/v1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "certificates.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
)
"""What it takes kube-apiserver a fifth of its start to offer, and nobody here asks for; every version has them."""

# SEC 1 (RFC 5915): a P-256 private key is 32 random bytes between these two; its public key may be left out.
_P256_KEY_HEAD = bytes.fromhex("3031020101 0420")
_P256_KEY_TAIL = bytes.fromhex("a00a06082a8648ce3d030107")


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """etcd and kube-apiserver, started. kubeconfig: for the programs of the lab; in the lab's own directory only."""

    token: str
    authority: Path
    kubeconfig: Path
    daemons: tuple[Daemon, ...]


def start_storage_and_api(
    components: Mapping[Program, Component], launcher: Launcher, state: Path
) -> ControlPlane:
    """Starts etcd and kube-apiserver, without waiting for either."""
    token = secrets.token_hex(16)
    key, tokens, kubeconfig = state / "sa.key", state / "tokens.csv", state / "kubeconfig"
    authority = state / "certificates" / "apiserver.crt"
    _write_private(key, _signing_key())
    _write_private(tokens, f"{token},svcproof,1,system:masters\n")
    _write_private(kubeconfig, _kubeconfig(token, authority))
    etcd = launcher.start("etcd", UNDERLAY, _etcd(components[Program.ETCD].path, state), _ENVIRON)
    api = launcher.start(
        "kube-apiserver",
        UNDERLAY,
        _kube_apiserver(components[Program.KUBE_APISERVER].path, state, key, tokens),
        _ENVIRON,
    )
    return ControlPlane(token, authority, kubeconfig, (etcd, api))


def connect(plane: ControlPlane) -> Kube:
    """Returns when the API is ready and knows the range that cluster IPs come from."""

    def certificate() -> bool | None:
        _check(plane)
        # The key is written after the certificate.
        return plane.authority.with_suffix(".key").exists() or None

    wait_until("kube-apiserver has made its certificate", Limit.API_READY, certificate)
    kube = Kube(plan.API_URL, plane.token, plane.authority)

    def ready() -> bool | None:
        _check(plane)
        return (kube.is_ready() and _has_ready_range(kube)) or None

    wait_until("kube-apiserver is ready, and its ServiceCIDR", Limit.API_READY, ready)
    return kube


def _check(plane: ControlPlane) -> None:
    for daemon in plane.daemons:
        daemon.check()


def start_controllers(
    components: Mapping[Program, Component], launcher: Launcher, kubeconfig: Path
) -> Daemon:
    """Starts kube-controller-manager with the controllers that write EndpointSlices."""
    argv = [
        str(components[Program.KUBE_CONTROLLER_MANAGER].path),
        f"--kubeconfig={kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=false",
        "--controllers=endpointslice-controller,endpointslice-mirroring-controller",
        "--kube-api-qps=100",
        "--kube-api-burst=200",
    ]
    return launcher.start("kube-controller-manager", UNDERLAY, argv, _ENVIRON)


def _etcd(program: Path, state: Path) -> list[str]:
    return [
        str(program),
        f"--data-dir={state / 'etcd'}",
        "--unsafe-no-fsync",
        f"--listen-client-urls={_ETCD}",
        f"--advertise-client-urls={_ETCD}",
        f"--listen-peer-urls={_ETCD_PEER}",
        f"--initial-advertise-peer-urls={_ETCD_PEER}",
        f"--initial-cluster=default={_ETCD_PEER}",
    ]


def _kube_apiserver(program: Path, state: Path, key: Path, tokens: Path) -> list[str]:
    return [
        str(program),
        f"--etcd-servers={_ETCD}",
        f"--cert-dir={state / 'certificates'}",
        f"--bind-address={plan.CONTROL}",
        # Without a default route it finds no address to advertise by itself.
        f"--advertise-address={plan.CONTROL}",
        f"--secure-port={plan.API_PORT}",
        f"--service-cluster-ip-range={plan.SERVICE_CIDR}",
        "--service-account-issuer=https://svcproof.invalid",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=AlwaysAllow",
        # No controller makes the default service account, so pods would be refused.
        "--disable-admission-plugins=ServiceAccount",
        "--endpoint-reconciler-type=none",
        "--enable-priority-and-fairness=false",
        f"--runtime-config={','.join(f'{each}=false' for each in _UNASKED_GROUPS)}",
    ]


def _has_ready_range(kube: Kube) -> bool:
    return any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for item in kube.service_cidrs()
        for condition in item.get("status", {}).get("conditions", [])
    )


def _signing_key() -> str:
    key = _P256_KEY_HEAD + secrets.token_bytes(32) + _P256_KEY_TAIL
    body = base64.encodebytes(key).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n"


def _kubeconfig(token: str, authority: Path) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "lab",
                    "cluster": {"server": plan.API_URL, "certificate-authority": str(authority)},
                }
            ],
            "users": [{"name": "lab", "user": {"token": token}}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
            "current-context": "lab",
        },
        indent=1,
    )


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
