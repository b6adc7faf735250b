"""How far a kube-proxy is with what it does behind the rules, by its own log.

In one sync it writes rules, and then opens and closes health check ports, says anew there how many endpoints there are,
and clears conntrack. A packet tells that the first is done. That it has ended the log tells, at -v=2
(https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go#L662, and nftables/proxier.go).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lab.polling import Limit, wait_until

_WRITES, _ENDED = b'"Reloading service ', b'"SyncProxyRules complete"'
_OTHER_FAMILY = b'ipFamily="IPv6"'
"""Each family has syncs of its own, side by side; the lab's Services have IPv4."""


@dataclass(slots=True)
class Syncs:
    """The syncs of one kube-proxy, from a log that grows. check: raises when the program has ended."""

    log: Path
    check: Callable[[], None]
    _begun: int = field(default=0, init=False)
    _ended: int = field(default=0, init=False)
    _read: int = field(default=0, init=False)

    def wait_ended(self) -> bool:
        """Returns when every sync that has begun to write rules has ended; False where this log does not tell."""
        self._read_on()
        begun = self._begun
        if begun:
            wait_until(
                f"{self.log.stem} has ended its sync", Limit.RULES_PROGRAMMED, lambda: self._has(begun)
            )
        return begun > 0

    def _has(self, ended: int) -> bool | None:
        self.check()
        self._read_on()
        return self._ended >= ended or None

    def _read_on(self) -> None:
        with self.log.open("rb") as log:
            log.seek(self._read)
            more = log.read()
        whole = more[: more.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            if _OTHER_FAMILY in line:
                continue
            if _WRITES in line:
                self._begun += 1
            elif _ENDED in line:
                # A sync can end without having begun to write: what has begun before has ended, too, and no more.
                self._ended = self._begun
