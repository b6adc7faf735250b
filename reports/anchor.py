"""Where a claim stands on the page."""

from urllib.parse import quote


def anchor(claim_id: str) -> str:
    """The fragment of a claim: its id, with what HTML forbids in one (white space) as hyphens."""
    return "-".join(claim_id.split())


def fragment(place: str) -> str:
    """An id as it stands in a link, behind the `#`."""
    return quote(place, safe="@")
