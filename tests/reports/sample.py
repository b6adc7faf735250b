"""A run as a lab would leave it: delivered, masqueraded, refused, known, stale, failing, not observed."""

from dataclasses import replace
from datetime import UTC, datetime

from conformance.outcome import (
    Arrival,
    Delivered,
    Fate,
    Forwarded,
    Kept,
    Masqueraded,
    Outcome,
    Refused,
    Unstable,
    delivered,
)
from conformance.results import (
    Batch,
    ClaimResult,
    FlowRecord,
    KernelTrace,
    NodeEvidence,
    Requirement,
    Run,
    Verdict,
)
from lab.model import Place, Refusal
from tests.reports.sample_facts import (
    BAD_PORT,
    CONNECTION,
    KNOWN,
    LAB_ERROR,
    NO_ENDPOINTS,
    NODE_PORT,
    NOT_SUPPORTED,
    PASSED,
    POLICY,
    REACH,
    RULE,
    SPREAD,
)
from tests.reports.sample_lab import a_lab, a_pod_network
from tests.reports.ways import (
    cluster_ip_way,
    forwarded_way,
    node_port_refused_way,
    node_port_way,
    refused_way,
)

KEPT = delivered(Place.POD_B1, Place.POD_C1, source=Kept())
MASQUERADED = delivered(Place.POD_B1, Place.POD_C1, source=Masqueraded(Place.WORKER_A))
REFUSED = Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)
UNSTABLE = Unstable((Fate(MASQUERADED, 31), Fate(REFUSED, 5)))


def sample_run() -> Run:
    """A run with a claim for each verdict."""
    return Run(
        svcproof="0.1.0",
        run_id="20260804-091205-7c1e",
        profile="iptables-flannel",
        command="svcproof run iptables-flannel -- -n 2",
        started=datetime(2026, 8, 4, 9, 12, 5, tzinfo=UTC),
        finished=datetime(2026, 8, 4, 9, 13, 28, 400000, tzinfo=UTC),
        seed=1754298725,
        exit_code=1,
        interrupted=False,
        labs=(replace(a_lab("lab-0"), pod_network=a_pod_network()), a_lab("lab-1")),
        claims=(
            reached(),
            bad_port(),
            stale(),
            refused(),
            masqueraded(),
            unstable(),
            moved(),
            lab_error(),
            not_supported(),
            not_run(),
        ),
    )


def empty_run() -> Run:
    """A run in which no lab came up."""
    errors = ("no network namespace could be made\n  try: svcproof doctor --fix",)
    return replace(sample_run(), labs=(), claims=(), exit_code=3, errors=errors)


def interrupted_run() -> Run:
    """A run that was stopped before anything was observed."""
    return replace(sample_run(), claims=(not_run(),), exit_code=130, interrupted=True)


def large_run(size: int) -> Run:
    """A run of as many claims as are asked for."""
    run = sample_run()
    return replace(
        run,
        claims=tuple(
            replace(claim, id=f"{claim.id}_{number}")
            for number in range(size // len(run.claims) + 1)
            for claim in run.claims
        )[:size],
    )


def claim_of(
    requirement: Requirement,
    name: str,
    verdict: Verdict,
    expected: Outcome,
    observed: Outcome | None = None,
) -> ClaimResult:
    """A claim with the least that every claim has; each sample adds its own with `replace`."""
    module = requirement.id.replace("-", "_")
    return ClaimResult(
        id=f"{requirement.id}.{name}",
        requirement=requirement,
        claim=name,
        scenario=f"scenarios/test_{module}.py",
        verdict=verdict,
        flow=FlowRecord("pod-a1", "the cluster IP of echo, port http", "TCP", "", "10.96.14.7:80"),
        expected=expected,
        expected_text=str(expected),
        observed=observed,
        observed_text="" if observed is None else str(observed),
        seconds=0.041,
        worker="gw0",
    )


def batch_of(*, spread: bool = False, **counts: int) -> Batch:
    """A batch with these counts, spread over endpoints or not; underscores stand for hyphens."""
    return Batch(
        size=sum(counts.values()),
        false_alarm=1e-6 if spread else 0.0,
        reason=SPREAD if spread else "there is nothing to choose from, so few probes are enough",
        counts={name.replace("_", "-"): number for name, number in counts.items()},
    )


def reached() -> ClaimResult:
    """Delivered, as documented."""
    claim = claim_of(REACH, "from_a_pod", Verdict.PASS, KEPT, KEPT)
    second = replace(cluster_ip_way(), outcome="delivered to pod-c1:8080", probes=19)
    return replace(claim, batch=batch_of(spread=True, pod_b1=17, pod_c1=19), ways=(cluster_ip_way(), second))


def bad_port() -> ClaimResult:
    """A known difference, observed as recorded."""
    elsewhere = Forwarded(Place.ROUTER)
    claim = claim_of(BAD_PORT, "from_a_pod", Verdict.KNOWN_DIFFERENCE, REFUSED, elsewhere)
    flow = replace(claim.flow, target="the cluster IP of echo, port 81", address="10.96.14.7:81")
    return replace(
        claim,
        flow=flow,
        instead=elsewhere,
        difference=KNOWN,
        batch=batch_of(router=4),
        ways=(forwarded_way(),),
    )


def stale() -> ClaimResult:
    """A known difference that is no longer there."""
    claim = claim_of(BAD_PORT, "from_a_second_pod", Verdict.STALE_DIFFERENCE, REFUSED, REFUSED)
    difference = replace(KNOWN, kind="upstream bug", since="1.33", until="1.36")
    flow = replace(claim.flow, target="the cluster IP of echo, port 81", address="10.96.14.7:81")
    return replace(
        claim,
        flow=flow,
        instead=Forwarded(Place.ROUTER),
        difference=difference,
        batch=batch_of(refused=4),
        ways=(refused_way(4, "10.96.14.7:81"),),
    )


def refused() -> ClaimResult:
    """Refused, as documented."""
    claim = claim_of(NO_ENDPOINTS, "from_a_pod", Verdict.PASS, REFUSED, REFUSED)
    return replace(claim, batch=batch_of(refused=4), ways=(refused_way(4),))


def masqueraded() -> ClaimResult:
    """Delivered through a node port, as documented."""
    claim = claim_of(NODE_PORT, "from_outside", Verdict.PASS, MASQUERADED, MASQUERADED)
    return replace(
        claim,
        flow=_node_port_flow(),
        batch=batch_of(spread=True, pod_b1=31, pod_c1=5),
        ways=(node_port_way(),),
    )


def unstable() -> ClaimResult:
    """Probes that disagree: a failure."""
    claim = claim_of(NODE_PORT, "after_an_endpoint_went", Verdict.FAIL, MASQUERADED, UNSTABLE)
    return replace(
        claim,
        flow=_node_port_flow(),
        batch=batch_of(spread=True, pod_b1=16, pod_c1=15, refused=5),
        ways=(node_port_way(), node_port_refused_way(5)),
    )


def moved() -> ClaimResult:
    """Delivered, but one endpoint saw the sender's own address: a failure in one trait."""
    seen = Delivered(
        frozenset(
            {
                Arrival(Place.POD_B1, 8080, Masqueraded(Place.WORKER_A)),
                Arrival(Place.POD_C1, 8080, Kept()),
            }
        )
    )
    claim = claim_of(NODE_PORT, "source_is_a_node", Verdict.FAIL, MASQUERADED, seen)
    return replace(
        claim,
        flow=_node_port_flow(),
        batch=batch_of(spread=True, pod_b1=20, pod_c1=16),
        ways=(node_port_way(),),
        nodes=(NodeEvidence("worker-a", (RULE,), (CONNECTION,)),),
        manifests="apiVersion: v1\nkind: Service\nmetadata:\n  name: echo\n",
        trace=KernelTrace(node_port_way(), (PASSED, POLICY)),
        bundle="evidence/np-cluster.source_is_a_node",
    )


def lab_error() -> ClaimResult:
    """Nothing was observed, because the lab broke."""
    claim = claim_of(NODE_PORT, "of_every_node", Verdict.LAB_ERROR, MASQUERADED)
    return replace(claim, flow=replace(_node_port_flow(), address=""), error=LAB_ERROR)


def not_supported() -> ClaimResult:
    """Nothing was observed, because the machine lacks something."""
    claim = claim_of(NODE_PORT, "over_sctp", Verdict.NOT_SUPPORTED, MASQUERADED)
    return replace(claim, flow=replace(_node_port_flow(), address=""), error=NOT_SUPPORTED)


def not_run() -> ClaimResult:
    """Nothing was observed, because the claim never had its turn."""
    claim = claim_of(REACH, "from_a_node", Verdict.NOT_RUN, KEPT)
    return replace(claim, flow=replace(claim.flow, sender="worker-a", address=""), seconds=0.0, worker="")


def _node_port_flow() -> FlowRecord:
    return FlowRecord(
        "client", "the node port of echo on worker-a, port http", "TCP", "", "172.18.0.11:30080"
    )
