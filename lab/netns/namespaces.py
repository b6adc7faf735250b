"""The network namespaces of one lab, by place, as `ip netns` names them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from lab.capsule import linux
from lab.model import Place

UNDERLAY = "underlay"


@dataclass(frozen=True, slots=True)
class Namespaces:
    """prefix: before each name, so that several labs of one capsule can be told apart (`gw0.worker-a`)."""

    prefix: str = ""

    def name(self, place: Place | str) -> str:
        """The name for `ip -n`."""
        return f"{self.prefix}{place}"

    def path(self, place: Place | str) -> Path:
        """The file for setns."""
        return Path("/run/netns") / self.name(place)

    def inside(self, place: Place | str) -> AbstractContextManager[None]:
        """Runs the body with this thread in a place's namespace."""
        return linux.in_network_namespace(self.path(place))
