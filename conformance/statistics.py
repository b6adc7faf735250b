"""How many probes a claim needs. Pure; the numbers are fixed before anything is sent."""

import math

FALSE_ALARM = 1e-6
"""The chance, per claim, that a sound data plane leaves one of its endpoints unseen."""

FEWEST = 10
"""Probes of a batch whose outcome is not random: enough to show one that flaps every other time (1 in 1000)."""

_NONCENTRALITY = {2: 52.1, 3: 56.3, 5: 62.1, 10: 72.1}


def probes_to_see_every(endpoints: int, false_alarm: float = FALSE_ALARM) -> int:
    """Probes after which an endpoint that is still unseen is missing, when each is picked alike.

    P(some unseen) <= k (1 - 1/k)^n, so n = ln(k / false_alarm) / -ln(1 - 1/k): 21, 37, 70, 153 for k = 2, 3, 5, 10.
    """
    if endpoints <= 1:
        return FEWEST
    return math.ceil(math.log(endpoints / false_alarm) / -math.log1p(-1 / endpoints))


def clients_to_tell(endpoints: int, false_alarm: float = FALSE_ALARM) -> int:
    """Clients of which, of each endpoint, some move when each picks anew, and which then have every endpoint.

    A client is of a certain endpoint, and stays there, once in k^2: P(none of an endpoint's moves) <=
    k (1 - 1/k + 1/k^2)^n. P(some unseen) <= k (1 - 1/k)^n. The least n at which both together keep the bound: 51, 60.
    """
    share = 1 / endpoints
    clients = 1
    while endpoints * ((1 - share + share**2) ** clients + (1 - share) ** clients) > false_alarm:
        clients += 1
    return clients


def clients_to_fill(endpoints: int, room: int, false_alarm: float = FALSE_ALARM) -> int:
    """Clients of which each endpoint gets more than it has room for, when each is picked alike: 283 for 2 and 100.

    P(some endpoint gets no more) <= k P(binomial(n, 1/k) <= room). The least n at which that keeps the bound.
    """
    if endpoints == 1:
        return room + 1
    share, clients = 1 / endpoints, endpoints * room
    while endpoints * sum(_binomial(clients, each, share) for each in range(room + 1)) > false_alarm:
        clients += 1
    return clients


def _binomial(tries: int, hits: int, chance: float) -> float:
    """P(so many hits), by logarithms: of hundreds of tries the powers are too small to multiply."""
    ways = math.lgamma(tries + 1) - math.lgamma(hits + 1) - math.lgamma(tries - hits + 1)
    return math.exp(ways + hits * math.log(chance) + (tries - hits) * math.log1p(-chance))


def probes_to_see_skew(endpoints: int) -> int:
    """Probes after which one endpoint that gets half as much again as its share is noticed, 99 times of 100.

    n = lambda / w^2 with w^2 = 0.5^2 / (k - 1); lambda is the noncentrality at which a chi-square test with
    k - 1 degrees of freedom at FALSE_ALARM has power 0.99. 5 % more, because the approximation is a little short.
    """
    noncentrality = _NONCENTRALITY[endpoints]
    return math.ceil(1.05 * noncentrality * (endpoints - 1) / 0.25)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """P(chi-square > statistic), by the closed sums for whole degrees of freedom (Abramowitz and Stegun 26.4.4-5)."""
    half = statistic / 2
    if degrees % 2:
        total = math.erfc(math.sqrt(half))
        term = math.sqrt(2 * statistic / math.pi) * math.exp(-half)
        for step in range(3, degrees + 1, 2):
            total += term
            term *= statistic / step
        return total
    term = total = math.exp(-half)
    for step in range(1, degrees // 2):
        term *= half / step
        total += term
    return total
