"""How modules are handed out to workers: as xdist does it, but for rows, and for what a worker leaves that dies."""

from collections.abc import Sequence
from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from scenarios.rows import row_of


class HandedOut(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types that it says are complete
    """A module at a time, or all that stand in a row with it.

    What a worker that died had not begun goes to the others; what it had begun is not run: xdist would have others
    begin that anew, with the claim at which the worker died; and since no worker is replaced, it would shut down those
    that live. A worker that has been told to end takes nothing more: towards the end of a run, what is taken back may
    be run by nobody.
    """

    _died = False

    def _split_scope(self, nodeid: str) -> str:
        """The row of a claim's module."""
        return row_of(PurePath(nodeid.split("::", maxsplit=1)[0]))

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
        begun = next(iter(units.values()))
        self.workqueue.update({module: claims for module, claims in units.items() if claims is not begun})
        for other in self.assigned_work:
            self._reschedule(other)
        died_at: str = next(claim for claim, is_done in begun.items() if not is_done)
        return died_at
