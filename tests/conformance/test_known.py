"""Known differences are of some versions of Kubernetes only."""

from dataclasses import replace

import pytest

from conformance.difference import applies
from conformance.known import KNOWN_DIFFERENCES, known_difference
from lab.profiles import profile_named

ALWAYS = replace(KNOWN_DIFFERENCES[0], since="", until="")
NFTABLES = profile_named("nftables-flannel")


@pytest.mark.parametrize(
    ("since", "until", "versions"),
    [
        ("", "", {"1.31.9": True, "1.36.3": True, "v1.99.0": True}),
        ("1.36", "", {"1.35.9": False, "1.36.0": True, "v1.36.3": True, "1.100.0": True}),
        ("", "1.37", {"1.9.0": True, "1.36.99": True, "1.37.0": False, "1.38.1": False}),
        (
            "1.32",
            "1.36.4",
            {"1.31.0": False, "1.32.0": True, "1.36.3": True, "1.36.4": False, "1.37.0": False},
        ),
    ],
)
def test_a_difference_is_there_from_one_version_to_before_another(
    since: str, until: str, versions: dict[str, bool]
) -> None:
    """`since` has it, `until` has it no more; an empty one is open."""
    difference = replace(ALWAYS, since=since, until=until)
    assert {version: applies(difference, version) for version in versions} == versions


@pytest.mark.parametrize("version", ["v1.37.0-alpha.1", "1.37.0-rc.0+0123abc"])
def test_a_pre_release_counts_as_its_release(version: str) -> None:
    """What is mended in a release is mended in its pre-releases, as far as a number can tell."""
    assert not applies(replace(ALWAYS, until="1.37"), version)
    assert applies(replace(ALWAYS, since="1.37"), version)


@pytest.mark.parametrize("version", ["", "unknown", "v0.0.0-master+$Format:%H$"])
def test_a_program_without_a_version_has_every_difference(version: str) -> None:
    """Nothing says that it has not; where it has not, the claim is stale, which fails and says so."""
    assert applies(replace(ALWAYS, since="1.32", until="1.33"), version)


def test_a_claim_is_expected_as_documented_where_the_difference_is_not() -> None:
    """The hairpin without nodeName fails from 1.36 on; before that, and for the pinned version, it is as recorded."""
    claim = "cip-hairpin-nonode.from_endpoint"
    assert known_difference(claim, NFTABLES, "1.35.9") is None
    found = known_difference(claim, NFTABLES, "1.36.3")
    assert found is not None
    assert found.since == "1.36"


def test_versions_are_numbers() -> None:
    """Each record says versions that can be compared, the first before the last."""
    for difference in KNOWN_DIFFERENCES:
        for version in (difference.since, difference.until):
            assert not version or all(part.isdecimal() for part in version.split("."))
        if difference.since and difference.until:
            assert applies(difference, difference.since)
