"""A fault of connection tracking: it takes no segment for invalid. The claims about those that are must notice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lab.model import NODES
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.sysctls import written

_LIBERAL = {"netfilter/nf_conntrack_tcp_be_liberal": "1"}


def faults(claims: Sequence[Claim]) -> tuple[Beside, ...]:
    """The fault, for claims of which some are about segments that are invalid."""
    if not any(claim.flow.stray_of for claim in claims):
        return ()
    says = "on every node, no segment is invalid for its sequence number"
    return (Beside(Kind.CONNTRACK_LIBERAL, says, _liberal, asks_all=True),)


@contextmanager
def _liberal(bench: Bench) -> Iterator[None]:
    """As kube-proxy does with --conntrack-tcp-be-liberal: segments beyond the window are translated like any."""
    with written(bench.cluster.namespaces, NODES, _LIBERAL):
        yield
