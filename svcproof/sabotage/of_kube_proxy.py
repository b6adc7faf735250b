"""Faults of kube-proxy itself: the claims of which it is asked over HTTP must notice. It is at work but for them."""

from functools import partial

from svcproof.sabotage.beside import TABLE, Beside, ended, foreign_table
from svcproof.sabotage.fault import Kind

_DROP_INPUT = (
    f"add table {TABLE}\n"
    f"add chain {TABLE} input {{ type filter hook input priority 10; }}\n"
    f"add rule {TABLE} input meta l4proto tcp ct state new drop\n"
)


def faults() -> tuple[Beside, ...]:
    """All of them; kube-proxy's end comes last, because it is started anew behind it."""
    return (
        Beside(
            Kind.FOREIGN_TABLE_DROP,
            "new connections to nodes",
            partial(foreign_table, text=_DROP_INPUT),
            asks_all=True,
        ),
        Beside(Kind.KUBE_PROXY_KILLED, "on every node, and it is asked itself", ended, asks_all=True),
    )
