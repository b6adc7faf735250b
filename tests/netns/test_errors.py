"""A LabError's text: what was tried, how, what came of it, and what to do."""

import inspect

import pytest

from lab import errors
from lab.errors import LabError

KINDS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_a_lab_error(kind: type[Exception]) -> None:
    """One `except LabError` catches whatever could not be tested, and the tree in the docs names each."""
    assert issubclass(kind, LabError)
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__


def test_an_error_says_everything_in_order() -> None:
    """Attempt, command, output and next step each have their own lines."""
    error = LabError(
        "the lease could not be read",
        command=["ip", "-n", "worker a", "route", "add", "$x"],
        output="\nError: one\n  two\n\n",
        next_step="svcproof doctor",
    )
    assert str(error).splitlines() == [
        "the lease could not be read",
        "  command: ip -n 'worker a' route add '$x'",
        "  output:",
        "    Error: one",
        "      two",
        "  try: svcproof doctor",
    ]


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        pytest.param(LabError("a"), ["a"], id="attempt"),
        pytest.param(LabError("a", command=["b"]), ["a", "  command: b"], id="command"),
        pytest.param(LabError("a", output="b"), ["a", "  output:", "    b"], id="output"),
        pytest.param(LabError("a", output=" \n"), ["a"], id="empty output"),
        pytest.param(LabError("a", next_step="b"), ["a", "  try: b"], id="next step"),
    ],
)
def test_what_is_not_known_is_left_out(error: LabError, lines: list[str]) -> None:
    """There is no heading without something below it."""
    assert str(error).splitlines() == lines


def test_the_parts_of_an_error_can_be_read() -> None:
    """Reports use the parts; the command is a tuple, as it was given."""
    error = LabError("a", command=["b", "c d"], output=" e\n", next_step="f")
    assert (error.attempted, error.command, error.output, error.next_step) == (
        "a",
        ("b", "c d"),
        "e",
        "f",
    )
