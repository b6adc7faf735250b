"""How many probes a claim needs. Pure; the numbers are fixed before anything is sent."""

import math

FALSE_ALARM = 1e-6
"""The chance, per claim, that a sound data plane leaves one of its endpoints unseen."""

FEWEST = 10
"""Probes of a batch whose outcome is not random: enough to show one that flaps every other time (1 in 1000)."""


def probes_to_see_every(endpoints: int, false_alarm: float = FALSE_ALARM) -> int:
    """Probes after which an endpoint that is still unseen is missing, when each is picked alike.

    P(some unseen) <= k (1 - 1/k)^n, so n = ln(k / false_alarm) / -ln(1 - 1/k): 21, 37, 70, 153 for k = 2, 3, 5, 10.
    """
    if endpoints <= 1:
        return FEWEST
    return math.ceil(math.log(endpoints / false_alarm) / -math.log1p(-1 / endpoints))


def reason(endpoints: int) -> str:
    """Why a batch has the size that it has, for a report."""
    if endpoints <= 1:
        return "nothing random is expected"
    return f"enough to see each of {endpoints} endpoints that are picked alike"
