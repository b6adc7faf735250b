"""The effects on the machine that the tests run on, as far as they need no namespaces."""

from pathlib import Path

from svcproof.doctor.machine import Ran
from svcproof.doctor.real import real_machine

MACHINE = real_machine({"PATH": "/usr/bin:/bin"})


def test_a_directory_is_tried_where_it_would_be(tmp_path: Path) -> None:
    """The doctor makes no directory and leaves no file."""
    volume = MACHINE.volume(tmp_path / "runs" / "of" / "mine")
    assert (volume.refusal, volume.free_bytes > 0) == ("", True)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_says_why() -> None:
    """In the kernel's words, with the directory that was tried; root is refused here too."""
    volume = MACHINE.volume(Path("/proc/svcproof/cache"))
    assert volume.refusal.endswith(": /proc")
    assert volume.free_bytes == 0


def test_programs_are_found_in_the_sbin_directories(tmp_path: Path) -> None:
    """An ordinary user's PATH lacks them, but the capsule adds them."""
    mine = tmp_path / "mine"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    assert real_machine({"PATH": str(tmp_path)}).which("mine") == mine
    assert MACHINE.which("no-program-of-this-name") is None


def test_a_command_has_both_streams_and_a_status() -> None:
    """One that cannot be started is one that failed."""
    assert MACHINE.run(["sh", "-c", "echo out; echo err >&2; exit 3"]) == Ran(3, "out\nerr\n")
    assert MACHINE.run(["/no/such/program"]) == Ran(127, "/no/such/program: No such file or directory")


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    """Kernels without a setting have no file for it."""
    assert MACHINE.read(tmp_path / "sysctl") is None
    (tmp_path / "sysctl").write_text("0\n")
    assert MACHINE.read(tmp_path / "sysctl") == "0\n"
