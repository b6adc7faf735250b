"""How the probes of a batch fell, as bars with the band in which chance leaves an equal share. Pure."""

import math
from dataclasses import dataclass

from conformance.outcome import Balanced, Skewed
from conformance.results import ClaimResult
from conformance.statistics import FALSE_ALARM, chi_square_tail


@dataclass(frozen=True, slots=True)
class Bar:
    """What one endpoint got. share: of the widest thing drawn, 0 to 1."""

    name: str
    probes: int
    share: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """bars by endpoint; low, high: the band of chance in probes; as shares of the widest thing drawn, too.

    statistic: chi-square of these counts against equal shares. chance: that sound shares lie at least so far apart.
    limit: below which chance a claim fails.
    """

    bars: tuple[Bar, ...]
    low: int
    high: int
    low_share: float
    high_share: float
    statistic: float
    chance: float
    limit: float


def distribution(claim: ClaimResult) -> Distribution | None:
    """The shares of a claim that asks for equal ones; None for every other. An endpoint that got nothing has a bar."""
    if claim.batch is None or not isinstance(claim.observed, Balanced | Skewed):
        return None
    counts = {**dict.fromkeys(_endpoints(claim), 0), **claim.batch.counts}
    if len(counts) < 2:  # noqa: PLR2004 - a share of something
        return None
    low, high = band(claim.batch.size, len(counts), FALSE_ALARM / len(counts))
    expected = claim.batch.size / len(counts)
    statistic = sum((number - expected) ** 2 / expected for number in counts.values())
    widest = max(high, *counts.values())
    return Distribution(
        bars=tuple(Bar(name, number, number / widest) for name, number in sorted(counts.items())),
        low=low,
        high=high,
        low_share=low / widest,
        high_share=high / widest,
        statistic=statistic,
        chance=chi_square_tail(statistic, len(counts) - 1),
        limit=FALSE_ALARM,
    )


def _endpoints(claim: ClaimResult) -> list[str]:
    """The endpoints that must be reached, as a batch counts them."""
    if not isinstance(claim.expected, Balanced):
        return []
    return [f"{arrival.place}:{arrival.port}" for arrival in claim.expected.arrivals]


def band(probes: int, endpoints: int, outside: float) -> tuple[int, int]:
    """The least and the most that one of so many equal endpoints gets, but for this chance. By the binomial itself."""
    share = 1 / endpoints
    chances = [
        math.exp(
            math.lgamma(probes + 1)
            - math.lgamma(number + 1)
            - math.lgamma(probes - number + 1)
            + number * math.log(share)
            + (probes - number) * math.log1p(-share)
        )
        for number in range(probes + 1)
    ]
    return _first_beyond(chances, outside / 2), probes - _first_beyond(chances[::-1], outside / 2)


def _first_beyond(chances: list[float], tail: float) -> int:
    total = 0.0
    for number, chance in enumerate(chances):
        total += chance
        if total > tail:
            return number
    return len(chances) - 1
