"""How each run's network takes packets from kube-proxy's DNAT to pods, once for every run."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.api import PodNetworkRecord
from reports.document import Shown


@dataclass(frozen=True, slots=True)
class Explained:
    """A run's network: what it is, and what was read of it in one of the run's labs."""

    run: Shown
    network: str
    record: PodNetworkRecord


def explained(runs: Sequence[Shown]) -> tuple[Explained, ...]:
    """The networks of these runs, of each as the first lab has it that was looked at."""
    found = []
    for run in runs:
        looked_at = ((lab.network, lab.pod_network) for lab in run.run.labs)
        first = next(((network, record) for network, record in looked_at if record is not None), None)
        if first is not None:
            found.append(Explained(run, *first))
    return tuple(found)
