"""A kube-proxy's log tells when the sync that wrote the rules has ended."""

from pathlib import Path
from threading import Timer

import pytest

from lab.errors import DaemonDied
from lab.netns.syncs import Syncs

WRITES = 'I1121 20:21:27.72 5708 proxier.go:1389] "Reloading service iptables data" ipFamily="IPv4"\n'
ENDED = 'I1121 20:21:27.75 5708 proxier.go:662] "SyncProxyRules complete" ipFamily="IPv4" elapsed="36ms"\n'


def at_work() -> None:
    """A program that has not ended."""


def at_its_end() -> None:
    """A program that has."""
    raise DaemonDied("kube-proxy ended")


def test_a_log_without_syncs_does_not_tell(tmp_path: Path) -> None:
    """Of an older version, or one that says less."""
    log = tmp_path / "kube-proxy.log"
    log.write_text("I1121 other words\n" + ENDED)
    assert not Syncs(log, at_work).wait_ended()


@pytest.mark.parametrize("said", [WRITES + ENDED, 2 * (WRITES + ENDED)])
def test_between_syncs_nothing_is_waited_for(tmp_path: Path, said: str) -> None:
    """Each that has begun has ended."""
    log = tmp_path / "kube-proxy.log"
    log.write_text(said)
    syncs = Syncs(log, at_work)
    assert syncs.wait_ended()
    assert syncs.wait_ended()


def test_a_sync_is_waited_for_until_its_last_line_is_whole(tmp_path: Path) -> None:
    """The log grows meanwhile, a line in two pieces."""
    log = tmp_path / "kube-proxy.log"
    log.write_text(WRITES + ENDED + WRITES + ENDED[:40])
    finished = []

    def finish() -> None:
        finished.append(True)
        with log.open("a") as more:
            more.write(ENDED[40:])

    timer = Timer(0.05, finish)
    timer.start()
    assert Syncs(log, at_work).wait_ended()
    assert finished
    timer.join()


def test_a_sync_that_wrote_nothing_is_not_taken_for_another(tmp_path: Path) -> None:
    """One that fails before it writes tells of its end only."""
    log = tmp_path / "kube-proxy.log"
    log.write_text(WRITES + ENDED + ENDED + WRITES)
    with pytest.raises(DaemonDied):
        Syncs(log, at_its_end).wait_ended()


def test_the_other_family_tells_nothing(tmp_path: Path) -> None:
    """Its sync may end while the one of IPv4 has not."""
    log = tmp_path / "kube-proxy.log"
    log.write_text(WRITES + (WRITES + ENDED).replace("IPv4", "IPv6"))
    syncs = Syncs(log, at_its_end)
    with pytest.raises(DaemonDied):
        syncs.wait_ended()


def test_a_kube_proxy_that_ends_meanwhile_is_an_error(tmp_path: Path) -> None:
    """Its sync will not end."""
    log = tmp_path / "kube-proxy.log"
    log.write_text(WRITES)
    with pytest.raises(DaemonDied):
        Syncs(log, at_its_end).wait_ended()
