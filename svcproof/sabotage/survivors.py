"""The records of faults that survive."""

from svcproof.sabotage.recorded import Recorded

RECORDED: tuple[Recorded, ...] = ()
