"""What this machine, or this version of Kubernetes, does not have: not supported, and what follows is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from lab.errors import CommandFailed, DaemonDied, LabError, MissingRequirement, NotReady
from lab.model import ProxyHas
from lab.netns.daemon import Daemon, check
from lab.netns.kube_proxy import KubeProxies
from lab.netns.serving import Serving
from tests.netns.fake_kube import FakeKube, slice_of
from tests.netns.fake_serving import A1, PLAIN, UDP, Counting, serving

WITHOUT = ProxyHas(external_ips=False)
GATE = 'E "command failed" err="unrecognized feature gate: AllowServiceExternalIPs"'
NO_RECENT = "E1121 0] err=<\n\tWarning: Extension recent revision 0 not supported, missing kernel module?\n >"
TOO_LONG = "E1121 0] err=<\n\tsendmsg() failed: Message too long\n >"


class Refusing(FakeKube):
    """An API that does not know what `odd` asks for."""

    def create_service(self, manifest: Mapping[str, Any]) -> Mapping[str, object]:
        """Refuses it, in the API's words or in others."""
        if manifest["metadata"]["name"] == "odd":
            raise CommandFailed("the API refused POST", output=self.words)
        return super().create_service(manifest)

    def replace_service(self, name: str, manifest: Mapping[str, Any]) -> None:
        """Refuses every change."""
        raise CommandFailed(f"the API refused PUT {name} {manifest['kind']}", output=self.words)

    def delete_service(self, name: str) -> None:
        """Keeps the name; what was never created cannot be deleted."""
        assert ("service", name) not in self.written
        self.written.append(("deleted", name))

    words = '422: Service "odd" is invalid: spec.trafficDistribution: Unsupported value: "PreferSameNode"'


def test_a_value_that_this_version_does_not_know_is_not_supported() -> None:
    """Nothing is broken, and what follows knows which Services there are: those that were created are deleted."""
    odd = replace(PLAIN, name="odd")
    made, _ = serving([])
    made.kube = kube = Refusing([], [], [slice_of("udp", A1)])
    with pytest.raises(MissingRequirement, match="takes no Service as odd is"):
        made.set_services([PLAIN, odd])
    assert (made.services, set(made.facts.services)) == ((PLAIN,), {"plain"})
    made.set_services([UDP])
    assert [name for what, name in kube.written if what == "deleted"] == ["plain"]
    assert (made.services, set(made.facts.services)) == ((UDP,), {"udp"})


def test_a_change_to_a_value_that_this_version_does_not_know_is_not_supported() -> None:
    """The Service stays as it was."""
    made, _ = serving([PLAIN])
    made.kube = Refusing([])
    with pytest.raises(MissingRequirement, match="takes no Service as plain is"):
        made.change_service(PLAIN.name, replace(PLAIN, publish_not_ready_addresses=True))
    assert made.services == (PLAIN,)


def test_any_other_refusal_is_an_error_of_the_lab() -> None:
    """The API has taken every Service of the scenarios before."""
    made, _ = serving([])
    made.kube = kube = Refusing([])
    kube.words = "500: etcdserver: request timed out"
    with pytest.raises(CommandFailed):
        made.set_services([replace(PLAIN, name="odd")])


class Configured(KubeProxies):
    """kube-proxies that end with these words where external IPs are switched off."""

    def __init__(self, log: Path, words: str) -> None:
        self.started: list[Sequence[ProxyHas]] = []
        self._log, self._words = log, words

    def have(self, configured: Sequence[ProxyHas]) -> None:
        """Notes it."""
        self.started.append(configured)
        self._log.write_text(self._words if WITHOUT in configured else "")

    def wait_syncs_ended(self) -> bool:
        """At once."""
        return True

    def running(self) -> tuple[Daemon, ...]:
        """One program that has ended, if it said something."""
        return (Daemon("kube-proxy-worker-a", ("kube-proxy",), self._log, cast("Any", Exited(self._log))),)


class Exited:
    """A process that has ended where its log has words."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def poll(self) -> int | None:
        """Its exit code."""
        return 1 if self._log.read_text() else None


class Watching(Counting):
    """A barrier that is passed by kube-proxies at work."""

    def __init__(self, proxies: KubeProxies, *, passes: bool = True) -> None:
        super().__init__()
        self._proxies, self._passes = proxies, passes

    def wait(self) -> None:
        """DaemonDied where one has ended; NotReady where rules are not written."""
        check(*self._proxies.running())
        if not self._passes:
            raise NotReady("kube-proxy on worker-a has programmed what was written before the canary")

    def check(self) -> None:
        """As the lab's."""
        check(*self._proxies.running())


def a_lab_with(proxies: KubeProxies, *, passes: bool = True) -> Serving:
    """A lab of these kube-proxies."""
    made, _ = serving([])
    made.proxies, made.barrier = proxies, Watching(proxies, passes=passes)
    made.zones = made.service_range = cast("Any", Known())
    return made


class Known:
    """What every kube-proxy knows."""

    def wait(self) -> None:
        """It knows."""


def test_a_gate_that_this_kube_proxy_does_not_know_is_not_supported(tmp_path: Path) -> None:
    """It is started anew as it was at first, so that what follows is judged."""
    proxies = Configured(
        tmp_path / "log", 'E "command failed" err="unrecognized feature gate: AllowServiceExternalIPs"'
    )
    made = a_lab_with(proxies)
    with pytest.raises(MissingRequirement, match="unrecognized feature gate: AllowServiceExternalIPs"):
        made.set_proxies([WITHOUT])
    assert proxies.started == [[WITHOUT], ()]
    made.wait_rules()


def test_a_kube_proxy_that_ends_for_any_other_reason_is_an_error_of_the_lab(tmp_path: Path) -> None:
    """And stays one: nothing is started anew."""
    proxies = Configured(tmp_path / "log", "panic: runtime error")
    with pytest.raises(DaemonDied):
        a_lab_with(proxies).set_proxies([WITHOUT])
    assert proxies.started == [[WITHOUT]]


class Stuck(Configured):
    """kube-proxies that go on trying to write rules."""

    def running(self) -> tuple[Daemon, ...]:
        """One of them."""
        nothing = self._log.with_name("empty")
        nothing.touch()
        return (Daemon("kube-proxy-worker-a", (), self._log, cast("Any", Exited(nothing))),)


def what_a_wait_in_vain_says(log: Path, before: str, meanwhile: str) -> LabError:
    """The error of a lab whose kube-proxies log this before rules are awaited, and this while they are."""

    class Saying(Watching):
        def wait(self) -> None:
            """kube-proxies try once more."""
            with log.open("a") as file:
                file.write(meanwhile)
            super().wait()

    log.write_text(before)
    made = a_lab_with(Stuck(log, ""))
    made.barrier = Saying(made.proxies, passes=False)
    with pytest.raises(LabError) as caught:
        made.wait_rules()
    return caught.value


@pytest.mark.parametrize(("words", "kind"), [(NO_RECENT, MissingRequirement), (TOO_LONG, NotReady)])
def test_rules_that_the_kernel_cannot_have_are_not_supported(
    tmp_path: Path, words: str, kind: type[LabError]
) -> None:
    """kube-proxy says why it wrote none; whatever else it says is an error of the lab."""
    error = what_a_wait_in_vain_says(tmp_path / "log", "", f"{words}\n")
    assert type(error) is kind
    assert error.output == words


def test_what_kube_proxy_said_before_is_no_reason(tmp_path: Path) -> None:
    """It may have lacked something for a Service that is gone since; now something else is wrong."""
    error = what_a_wait_in_vain_says(
        tmp_path / "log", f"I1121 ü\n{NO_RECENT}\n", f"{TOO_LONG}\nI1121 0] again\n"
    )
    assert type(error) is NotReady
    assert error.output == TOO_LONG
