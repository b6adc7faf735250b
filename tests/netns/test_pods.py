"""A pod of which a write has failed halfway is made anew by the next, whatever the API made of it."""

from collections.abc import Mapping
from ipaddress import IPv4Address

import pytest

from lab.errors import CommandFailed, NotThere
from lab.kube import Kube, Manifest
from lab.model import Place, PodState
from lab.netns.pods import PodPool

POD = Place.POD_A1
WRITES = ("delete", "create", "report")


class KeptPods(Kube):
    """Pods by name: whether each is ready, and whether it is terminating.

    fails: the write that fails, the next time that it is asked for; taken: whether it has taken effect all the same.
    """

    def __init__(self) -> None:
        self.pods: dict[str, tuple[bool, bool]] = {POD.value: (True, False)}
        self.fails, self.taken = "", False

    def create_pod(self, manifest: Manifest) -> None:
        """A name is taken once; a pod is not ready at first."""
        name = manifest["metadata"]["name"]
        if name in self.pods:
            raise CommandFailed(f"409: pods {name!r} already exists")
        self._write("create", {name: (False, False)})

    def delete_pod(self, name: str, grace_seconds: int) -> None:
        """With a grace it is terminating from now on."""
        ready, _ = self._there(name)
        self._write("delete", {name: (ready, True) if grace_seconds else None})

    def patch_pod_status(self, name: str, status: Manifest) -> None:
        """Whether it is ready."""
        _, terminating = self._there(name)
        self._write("report", {name: (status["conditions"][0]["status"] == "True", terminating)})

    def _there(self, name: str) -> tuple[bool, bool]:
        if name not in self.pods:
            raise NotThere(f"404: pods {name!r} not found")
        return self.pods[name]

    def _write(self, what: str, change: Mapping[str, tuple[bool, bool] | None]) -> None:
        fails, self.fails = what == self.fails, "" if what == self.fails else self.fails
        if not fails or self.taken:
            kept = {**self.pods, **change}
            self.pods = {name: state for name, state in kept.items() if state is not None}
        if fails:
            raise CommandFailed(f"the API did not answer: {what}", output="timed out")


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("fails", WRITES)
@pytest.mark.parametrize("first", PodState)
@pytest.mark.parametrize("then", PodState)
def test_what_failed_halfway_is_in_doubt(first: PodState, then: PodState, fails: str, *, taken: bool) -> None:
    """Between any two states: the write that fails costs this change alone."""
    kube = KeptPods()
    pool = PodPool(kube, lambda _pod: IPv4Address("10.244.1.2"), {POD: IPv4Address("10.244.1.2")})
    pool.bring(POD, first)
    kube.fails, kube.taken = fails, taken
    try:
        pool.bring(POD, then)
    except CommandFailed:
        assert pool.in_doubt == {POD}
        pool.bring(POD, then)
    kube.fails = ""
    assert not pool.in_doubt
    assert (
        kube.pods.get(POD.value)
        == {
            PodState.READY: (True, False),
            PodState.NOT_READY: (False, False),
            PodState.TERMINATING: (True, True),
            PodState.DYING: (False, True),
            PodState.GONE: None,
        }[then]
    )
