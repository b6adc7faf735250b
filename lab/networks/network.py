"""The seam between a lab and its pod network: what a network is given, and the few things that it must do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

from lab.api import Deviation, ProgramFacts
from lab.components.calico import BuiltDatapath, CalicoParts
from lab.components.program import Component, Program
from lab.kube import Kube
from lab.model import Place
from lab.netns.daemon import Daemon, Launcher
from lab.netns.interfaces import PodInterfaces
from lab.netns.namespaces import Namespaces
from lab.profiles import Encapsulation, ProxyMode

Check = Callable[[], None]
"""Raises DaemonDied when a program of the lab has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a network is built on.

    state: the lab's own directory; kubeconfig: for programs that ask the API.
    calico: Calico's own programs, or why the lab builds its data path; None for another network.
    """

    launcher: Launcher
    kube: Kube
    kubeconfig: Path
    components: Mapping[Program, Component]
    mode: ProxyMode
    encapsulation: Encapsulation
    state: Path
    calico: CalicoParts | BuiltDatapath | None = None

    @property
    def namespaces(self) -> Namespaces:
        """The places of the lab."""
        return self.launcher.namespaces


class Network(Protocol):
    """The pod network of one lab. The lab itself finds out, by packets, when pods reach each other."""

    @property
    def pod_interfaces(self) -> PodInterfaces:
        """How the nodes' interfaces towards pods are named."""
        ...

    def start(self) -> tuple[Daemon, ...]:
        """Starts and configures what belongs to every node; the programs that must go on running."""
        ...

    def wait(self, check: Check) -> None:
        """Returns when pods can be attached."""
        ...

    def attach(self, pod: Place) -> IPv4Address:
        """Gives a pod its interface; its address. The pod's API object exists. Nodes are served side by side."""
        ...

    def says(self) -> str:
        """What the network is, for the header of a report: name, what it is made of, encapsulation."""
        ...

    def programs(self) -> tuple[ProgramFacts, ...]:
        """Programs of its own, beyond those that every lab gets as components."""
        ...

    def deviations(self) -> tuple[Deviation, ...]:
        """In what it differs from the network of a production cluster."""
        ...
