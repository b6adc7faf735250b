"""The programs of the lab, and what one of them is once it is at hand."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Program(StrEnum):
    """A program of the lab, by the name of its executable."""

    KUBE_PROXY = "kube-proxy"
    KUBE_APISERVER = "kube-apiserver"
    KUBE_CONTROLLER_MANAGER = "kube-controller-manager"
    ETCD = "etcd"
    FLANNELD = "flanneld"
    BRIDGE = "bridge"
    HOST_LOCAL = "host-local"
    PORTMAP = "portmap"
    LOOPBACK = "loopback"


class Origin(StrEnum):
    """Where an executable first came from. One from the cache keeps the origin it had."""

    SUPPLIED = "supplied"
    RELEASE = "release"
    BUILT = "built"


@dataclass(frozen=True, slots=True)
class Component:
    """An executable that may be run.

    version: as in "1.36.3"; a supplied one may call itself anything, such as "dev".
    sha256: of the executable, in lower-case hexadecimal.
    """

    program: Program
    version: str
    path: Path
    sha256: str
    origin: Origin
