"""What is said of workers that died, and of what was not run for it."""

import os
import signal
from collections import Counter
from collections.abc import Sequence

from conformance.results import ClaimResult, Verdict
from lab.errors import NotReady
from lab.polling import Limit, wait_until


def end_of_child() -> str:
    """How a child of this process that nobody has waited for yet has ended, in words. It can still be waited for."""
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    try:
        found = wait_until("a worker has ended", Limit.ENDED, lambda: os.waitid(os.P_ALL, 0, how))
    except (ChildProcessError, NotReady):
        return "it closed its connection"
    if found.si_code == os.CLD_EXITED:
        return f"exit code {found.si_status}"
    name = signal.Signals(found.si_status).name
    return f"{name}, as a kernel that is out of memory sends it" if name == "SIGKILL" else name


def not_run_for_it(died: Sequence[str], claims: Sequence[ClaimResult]) -> str:
    """Which workers died, and how many claims of which modules were not run. Pure."""
    left = Counter(
        claim.scenario.partition("::")[0].rpartition("/")[2]
        for claim in claims
        if claim.verdict is Verdict.NOT_RUN
    )
    modules = ", ".join(f"{count} of {module}" for module, count in left.items())
    what = f"claims that were not run: {modules}" if left else "every claim was run"
    return f"{'; '.join(died)}; {what}"
