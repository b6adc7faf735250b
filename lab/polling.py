"""The one place that waits by looking again and again, and the table of how long it may take."""

import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import TypeVar

from lab.errors import NotReady

_INTERVAL_SECONDS = 0.005

Found = TypeVar("Found")


class Limit(Enum):
    """How long a condition may take before the lab gives up, and why so long: a loaded machine of two cores."""

    API_READY = timedelta(seconds=90)
    """etcd and kube-apiserver from start to /readyz: 3 to 5 s on two idle cores."""
    NETWORK_READY = timedelta(seconds=60)
    """flanneld's lease and subnet file: under a second once the API answers; it retries the API every 3 s."""
    SLICES_WRITTEN = timedelta(seconds=30)
    """The endpointslice controller: at once; it needs its caches filled after its own start."""
    RULES_PROGRAMMED = timedelta(seconds=60)
    """kube-proxy from change to rules: 0.1 s; its first sync follows its caches."""
    PROBES_SEEN = timedelta(seconds=5)
    """A sentinel's way there and back: under a millisecond."""
    ENDED = timedelta(seconds=10)
    """A process after SIGTERM."""


def wait_until(what: str, limit: Limit, look: Callable[[], Found | None]) -> Found:
    """Looks until `look` returns something other than None. NotReady says what was awaited and for how long."""
    deadline = time.monotonic() + limit.value.total_seconds()
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not so after {limit.value.total_seconds():g} s")
        time.sleep(_INTERVAL_SECONDS)
