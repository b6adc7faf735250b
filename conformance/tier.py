"""How many rely on a documented behaviour."""

from enum import StrEnum


class Tier(StrEnum):
    """Core: every cluster relies on it. Extended: documented, and used by fewer."""

    CORE = "core"
    EXTENDED = "extended"
