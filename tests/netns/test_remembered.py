"""How many clients nodes remember, from files such as the kernel's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.model import Place
from lab.netns.namespaces import Namespaces
from lab.netns.remembered import most_remembered


class Here(Namespaces):
    """Everything takes place here."""

    @contextmanager
    def inside(self, place: Place | str) -> Iterator[None]:
        """Goes nowhere."""
        assert place
        yield


def test_the_fullest_list_tells(tmp_path: Path) -> None:
    """A line for each client, in the kernel's words; nothing of a limit where there is no list, or no such match."""
    assert most_remembered(Here(""), tmp_path / "none") is None
    assert most_remembered(Here(""), tmp_path) is None
    line = "src=198.18.0.{} ttl: 63 last_seen: 4301 oldest_pkt: 1 4301\n"
    (tmp_path / "KUBE-SEP-A").write_text("".join(map(line.format, range(3))))
    (tmp_path / "KUBE-SEP-B").write_text("".join(map(line.format, range(2))))
    assert most_remembered(Here(""), tmp_path) == 3
