"""Sysctls of nodes that are other for a while."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.model import Place
from lab.netns.namespaces import Namespaces


@contextmanager
def written(namespaces: Namespaces, nodes: Sequence[Place], wanted: Mapping[str, str]) -> Iterator[None]:
    """Has these sysctls of net be so on these nodes for the body. wanted: by path, as in ipv4/conf/all/rp_filter."""
    files = {Path("/proc/sys/net", name): value for name, value in wanted.items()}
    before = {}
    try:
        for node in nodes:
            with namespaces.inside(node):
                before[node] = {file: file.read_text() for file in files}
                _write(files)
        yield
    finally:
        for node, values in before.items():
            with namespaces.inside(node):
                _write(values)


def _write(values: Mapping[Path, str]) -> None:
    for file, value in values.items():
        file.write_text(value)
