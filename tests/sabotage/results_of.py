"""Made-up results of a sabotage."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lab.api import Figures, LabRecord
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.results import Difference, Equivalence, Fate, FaultResult, Notice, Sabotage

LAB = LabRecord(
    lab="lab",
    kind="netns",
    profile="nftables-flannel",
    kernel="Linux 6.18",
    kubernetes="1.36.3",
    network="flannel, vxlan",
    programs=(),
    tools={},
    deviations=(),
    figures=Figures(5.0, (), 0, 0),
)
NOTICED = FaultResult(
    name="delete: set cluster-ips: cluster-ip(cip) -> nothing",
    kind=Kind.DELETE,
    fate=Fate.NOTICED,
    service="cip",
    where="ip kube-proxy cluster-ips",
    notices=(Notice("cip-basic.pod", "delivered", "dropped | lost"),),
    judged=3,
    seconds=0.25,
)
SURVIVED = FaultResult(
    name="widen: chain services: ip daddr @cluster-ips reject -> without `ip daddr @cluster-ips`",
    kind=Kind.WIDEN,
    fate=Fate.SURVIVED,
    where="ip kube-proxy services",
    judged=9,
    equivalence=Equivalence(40, (Difference("pod-c1 to cluster IP of cip", "delivered", "refused"),)),
)
HARMLESS = FaultResult(
    name="kube-proxy-killed: on every node", kind=Kind.KUBE_PROXY_KILLED, fate=Fate.HARMLESS
)


def sabotage(
    faults: Sequence[FaultResult],
    *,
    interrupted: bool = False,
    baseline: Mapping[str, str] | None = None,
    behind: Mapping[str, str] | None = None,
) -> Sabotage:
    """A sabotage that found these. baseline, behind: claims that were not as expected without any fault."""
    return Sabotage(
        svcproof="0.1.0",
        run_id="a-run",
        profile="nftables-flannel",
        command="svcproof sabotage nftables-flannel",
        started=datetime(2026, 1, 1, tzinfo=UTC),
        finished=datetime(2026, 1, 1, 0, 5, tzinfo=UTC),
        seed=7,
        budget=None,
        known=100,
        claims=50,
        baseline=baseline or {},
        behind=behind or {},
        lab=LAB,
        faults=tuple(faults),
        interrupted=interrupted,
        fault_seconds=0.5,
    )
