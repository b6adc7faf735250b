"""How a budget is spent: so long on faults, each round with its share, and as long again on what survives. Pure.

Times are of one clock, in seconds.
"""

from dataclasses import dataclass

SETTLING = 1.0
"""Of the time for faults: how much more may be spent on survivors, whose settling can take longer than the faults."""


@dataclass(frozen=True, slots=True)
class Budget:
    """seconds: for the faults; nothing for the whole set, which takes as long as it takes."""

    start: float
    seconds: float | None

    def round_ends(self, now: float, rounds_left: int) -> float | None:
        """Until when a round may begin new faults: what is left is shared by the rounds that are left."""
        if self.seconds is None:
            return None
        return now + max(0.0, self.start + self.seconds - now) / rounds_left

    def is_spent(self, now: float) -> bool:
        """Whether survivors may not be looked at any more either."""
        return self.seconds is not None and now > self.start + (1 + SETTLING) * self.seconds
