"""How modules are handed out to workers: as xdist does it, but for rows, and for what a worker leaves that dies."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from scenarios.rows import row_of


class HandedOut(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types that it says are complete
    """A module at a time, or all that stand in a row with it.

    What a worker that died had not begun goes to the others; the module at which it died is not run: xdist would have
    others begin that anew, with the claim at which the worker died; and since no worker is replaced, it would shut
    down those that live. A worker that has been told to end takes nothing more: towards the end of a run, what is
    taken back may be run by nobody.
    """

    _died = False

    def _split_scope(self, nodeid: str) -> str:
        """The row of a claim's module."""
        return row_of(PurePath(_module(nodeid)))

    @property
    def nodes(self) -> Sequence[WorkerController]:
        """The workers that xdist may shut down when one has died: none. Each is when nothing is left for it."""
        return [] if self._died else list(self.assigned_work)

    def remove_node(self, node: WorkerController) -> str | None:
        """Takes back what a worker has not done; the claim at which it died, if there is such a one."""
        units = {
            module: claims
            for module, claims in self.assigned_work.pop(node).items()
            if not all(claims.values())
        }
        if not units:
            return None
        self._died = True
        died_at: str = next(claim for claim, is_done in next(iter(units.values())).items() if not is_done)
        left = {row: _left_of(claims, died_at) for row, claims in units.items()}
        self.workqueue.update({row: claims for row, claims in left.items() if claims})
        for other in self.assigned_work:
            self._reschedule(other)
        return died_at


def _left_of(claims: Mapping[str, bool], died_at: str) -> dict[str, bool]:
    """The claims of a row that are not done, without those of the module at which a worker died."""
    return {
        claim: is_done
        for claim, is_done in claims.items()
        if not is_done and _module(claim) != _module(died_at)
    }


def _module(claim: str) -> str:
    return claim.split("::", maxsplit=1)[0]
