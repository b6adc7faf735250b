"""The words that scenarios are written in: requirement, given, claims. All three are plain pytest marks."""

from dataclasses import dataclass

import pytest

from conformance.again import After
from conformance.outcome import Outcome
from lab.model import Circumstance, Flow, Service


@dataclass(frozen=True, slots=True)
class Claim:
    """A flow and the outcome that it must have.

    when: what is so beyond the given Services, while the flow is observed.
    after: what the flow's clients did before, for `live.observe_again`.
    opened: where not None, the flow (with a source port of its own) has carried packets before, in these circumstances;
    over TCP it is one connection. Of a flow that is `stray_of` another, that one was opened.
    meanwhile: where not None, these came between `opened` and `when`, and the flow carried packets then, too.
    before: where not None, these are so at first, and the change to `when` is what is observed.
    """

    flow: Flow
    expect: Outcome
    when: tuple[Circumstance, ...] = ()
    opened: tuple[Circumstance, ...] | None = None
    after: After | None = None
    meanwhile: tuple[Circumstance, ...] | None = None
    before: tuple[Circumstance, ...] | None = None


def requirement(requirement_id: str) -> pytest.MarkDecorator:
    """Says which documented behaviour (conformance.requirements) a scenario's claims stand for."""
    return pytest.mark.requirement(requirement_id)


def given(*services: Service) -> pytest.MarkDecorator:
    """Says which Services a module needs. They are applied together, behind one barrier."""
    return pytest.mark.given(services)


def claims(**named: Claim) -> pytest.MarkDecorator:
    """One test per claim, with arguments `flow` and `expect`. The names become parts of claim ids."""
    return pytest.mark.parametrize(
        ("flow", "expect"),
        [
            pytest.param(
                claim.flow,
                claim.expect,
                id=name,
                marks=pytest.mark.when(
                    claim.when,
                    opened=claim.opened,
                    meanwhile=claim.meanwhile,
                    before=claim.before,
                    after=claim.after,
                ),
            )
            for name, claim in named.items()
        ],
    )
