"""What the process that looks for a refusal says, and how it is read."""

import pytest

from svcproof.doctor.refusal import Part, Refusal, parse, text


@pytest.mark.parametrize(
    "refusal", [None, *(Refusal(part, "EPERM", "mount: Operation not permitted") for part in Part)]
)
def test_what_is_written_is_what_is_read(refusal: Refusal | None) -> None:
    """Through text, since it comes from another process."""
    assert parse(text(refusal)) == refusal


def test_anything_else_is_no_refusal() -> None:
    """A traceback is not taken for an answer."""
    with pytest.raises(ValueError, match="Expecting value"):
        parse("Traceback (most recent call last):")
