"""Texts that are alike but for what a cluster allots anew."""

import pytest

from reports.names import renamed, with_names

THERE = "10.244.1.2:33030 > 10.96.10.105:81 in veth883a85d9, ttl 64, pod-a1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("33030", "41000"),
        ("10.96.10.105", "10.96.3.1"),
        ("veth883a85d9", "veth0001abcd"),
        ("10.244.1.2", "10.244.1.9"),
    ],
)
def test_what_is_allotted_is_a_name(old: str, new: str) -> None:
    """Addresses, ports that nobody asked for, interfaces: the names alone are told, and lead to the other text."""
    here = THERE.replace(old, new)
    assert renamed(THERE, here) == ((old, new),)
    assert with_names(THERE, ((old, new),)) == here


@pytest.mark.parametrize(
    ("old", "new"), [("64", "63"), (":81", ":80"), ("pod-a1", "pod-b1"), (">", "<"), (" in ", " on ")]
)
def test_anything_else_is_a_difference(old: str, new: str) -> None:
    """A TTL, a well-known port, another pod, another word."""
    assert renamed(THERE, THERE.replace(old, new)) is None


def test_a_name_has_one_meaning() -> None:
    """Not two here for one there; nor one here that is another there."""
    assert renamed("10.0.0.1 and 10.0.0.1", "10.0.0.2 and 10.0.0.3") is None
    assert renamed("10.0.0.1 and 10.0.0.2", "10.0.0.2 and 10.0.0.1") is None


def test_a_probability_is_no_name() -> None:
    """How often an endpoint is chosen is a difference."""
    assert renamed("--probability 0.50000000000", "--probability 0.33333333349") is None


def test_more_is_a_difference() -> None:
    """A word more."""
    assert renamed(THERE, f"{THERE} again") is None


def test_the_same_has_no_names() -> None:
    """Equal texts are alike, with nothing to tell."""
    assert renamed(THERE, THERE) == ()
