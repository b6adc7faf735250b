"""Where a claim stands on the page."""


def anchor(claim_id: str) -> str:
    """The fragment of a claim: its id, with what HTML forbids in one (white space) as hyphens."""
    return "-".join(claim_id.split())
