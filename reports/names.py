"""Names that a cluster allots anew in every run: two texts that differ in these alone need be said but once. Pure."""

import re

Names = tuple[tuple[str, str], ...]
"""What a name is there, and what stands for it here."""

_WORD = re.compile(r"[A-Za-z0-9.]+|.", re.DOTALL)
"""A word, or a mark between words."""
_LONG_WORD = re.compile(r"[A-Za-z0-9.]{4,}")
"""The words that may be names."""
_ALLOTTED = re.compile(r"(?!0\.)(?=.*\d)[A-Za-z0-9.]{4,}|[bcdfghjklmnpqrstvwxz2456789]{5}")
"""A word with a digit: address, port that was not asked for, interface, chain. Or what the API adds to a name.

Shorter ones are none, nor is a probability: `a1` of a pod, a TTL, a well-known port are never taken for a name. The
letters of the second kind: https://github.com/kubernetes/apimachinery/blob/v0.36.0/pkg/util/rand/rand.go
"""


def renamed(there: str, here: str) -> Names | None:
    """The names that differ, each once, in their order; None where anything else differs.

    Nor may a name be two here, or be here what another one is there: nobody could follow that.
    """
    before, now = _WORD.findall(there), _WORD.findall(here)
    if len(before) != len(now):
        return None
    found: dict[str, str] = {}
    for old, new in zip(before, now, strict=True):
        if found.setdefault(old, new) != new or (old != new and not _are_names(old, new)):
            return None
    names = tuple((old, new) for old, new in found.items() if old != new)
    return None if any(new in found for _, new in names) else names


def without_names(text: str) -> str:
    """A text in which every word that may be a name is one and the same."""
    return _LONG_WORD.sub(lambda word: "#" if _ALLOTTED.fullmatch(word[0]) else word[0], text)


def cost(names: Names) -> int:
    """About as many characters as it takes to say them."""
    return sum(len(old) + len(new) for old, new in names)


def _are_names(*words: str) -> bool:
    return all(_ALLOTTED.fullmatch(word) for word in words)


def with_names(text: str, names: Names) -> str:
    """A text with the names of here in place of those of there."""
    here = dict(names)
    return "".join(here.get(word, word) for word in _WORD.findall(text))
