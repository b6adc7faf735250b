"""The one place that waits by looking again and again, and the table of how long it may take."""

import time
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from lab.errors import NotReady

_INTERVAL_SECONDS = 0.005

Found = TypeVar("Found")


class Limit(Enum):
    """How long a condition may take before the lab gives up: seconds, and why so many, on a loaded machine."""

    API_READY = (90, "etcd and kube-apiserver from start to /readyz: 3 to 5 s on two idle cores")
    NETWORK_READY = (60, "flanneld's lease: under a second once the API answers, which it asks every 3 s")
    PODS_REACHED = (60, "the routes of all nodes: BIRD waits a second before it speaks to its peers")
    SLICES_WRITTEN = (30, "the endpointslice controller: at once, when its caches are filled")
    RULES_PROGRAMMED = (60, "kube-proxy from change to rules: 0.1 s; its first sync follows its caches")
    ZONE_KNOWN = (2, "kube-proxy, at start: with its first sync, or never")
    PROBES_SEEN = (5, "a sentinel's way there and back: under a millisecond")
    LOST_AGAIN = (
        1,
        "as PROBES_SEEN, on a way on which one was lost for that long, nothing having changed since",
    )
    FRAME_WRITTEN = (
        5,
        "the kernel, in a slot of a capture: under a millisecond, unless its processor is held up",
    )
    HTTP_ANSWERED = (5, "kube-proxy's health endpoints: a few milliseconds")
    ENDED = (10, "a process after SIGTERM")

    @property
    def seconds(self) -> int:
        """The limit itself."""
        return self.value[0]


def let_pass(seconds: float) -> None:
    """Returns when so much time has passed, for what ends by time alone. Never in place of a condition."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(left)


def wait_until(
    what: str, limit: Limit, look: Callable[[], Found | None], every_seconds: float = _INTERVAL_SECONDS
) -> Found:
    """Looks until `look` returns something other than None. NotReady says what was awaited and for how long."""
    deadline = time.monotonic() + limit.seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not so after {limit.seconds} s")
        time.sleep(every_seconds)
