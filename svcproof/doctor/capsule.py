"""Whether a capsule works here: starts one, and tells of every step in it that failed."""

from lab.errors import CapsuleError
from lab.profiles import Encapsulation
from svcproof.doctor.cures import explain
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine, Trial
from svcproof.doctor.needs import EVERY, with_tunnel
from svcproof.doctor.steps import MEANINGS, Attempt, Result, Step

_ID = "capsule"
_SUBJECT = "capsule"
_TUNNELS = {Step.VXLAN: Encapsulation.VXLAN, Step.IPIP: Encapsulation.IPIP}


def capsule_findings(machine: Machine, wanted: Encapsulation | None = None) -> list[Finding]:
    """One finding about the capsule itself, and one for each step that was tried in it.

    wanted: the tunnel between nodes; None for what each network has by itself.
    """
    try:
        trial = machine.try_capsule()
    except CapsuleError as error:
        return [_refused(machine, error)]
    if trial.trouble:
        return [_ended(trial)]
    return [_made(machine, trial), *_inside(trial, wanted)]


def _refused(machine: Machine, error: CapsuleError) -> Finding:
    refusal = machine.ask_refusal()
    if refusal is None:
        detail = f"{error.attempted}: {error.output}"
        cure = "look at the words of the kernel on the left; each part alone was allowed"
        return _capsule(State.MISSING, detail, cure)
    explanation = explain(refusal, machine.read)
    detail = f"{refusal.part} refused ({refusal.words}): {explanation.why}"
    return _capsule(State.MISSING, detail, explanation.cure)


def _ended(trial: Trial) -> Finding:
    return _capsule(
        State.MISSING,
        f"it was made, but the program in it {trial.trouble}",
        "see that svcproof and its Python lie outside of /run and /proc, which a capsule covers",
    )


def _made(machine: Machine, trial: Trial) -> Finding:
    """Root goes without a user namespace where it must; everything else is as good."""
    if trial.user_namespace:
        return _capsule(State.OK, "made, with a user namespace of its own")
    refusal = machine.ask_refusal()
    if refusal is None:
        return _capsule(State.WARNING, "made, but without a user namespace")
    explanation = explain(refusal, machine.read)
    detail = f"made, but without a user namespace, which only root can do: {explanation.why}"
    return _capsule(State.WARNING, detail, explanation.cure.removesuffix(", or run svcproof as root"))


def _capsule(state: State, detail: str, cure: str = "") -> Finding:
    return Finding(id=_ID, subject=_SUBJECT, state=state, detail=detail, enables=EVERY, cure=cure)


def _inside(trial: Trial, wanted: Encapsulation | None) -> list[Finding]:
    return [_of(attempt, wanted) for attempt in trial.attempts if attempt.result is not Result.UNTRIED]


def _of(attempt: Attempt, wanted: Encapsulation | None) -> Finding:
    """An untried step has no finding: what it lacks has one."""
    meaning = MEANINGS[attempt.step]
    tunnel = _TUNNELS.get(attempt.step)
    enables = with_tunnel(tunnel, wanted) if tunnel else meaning.enables
    worked = attempt.result is Result.WORKED
    return Finding(
        id=f"{_ID}.{attempt.step}",
        subject=meaning.subject,
        state=State.OK if worked else State.MISSING if enables else State.WARNING,
        detail="works" if worked else attempt.detail,
        enables=enables,
        cure="" if worked else meaning.cure,
    )
