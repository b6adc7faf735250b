"""What a run took place in: the facts of its labs taken together, for all of them are of one profile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.results import Run
from lab.api import Deviation, ProgramFacts
from reports.wording import duration, exit_meaning, moment


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head of a report."""

    name: str
    value: str


def facts(run: Run) -> tuple[Fact, ...]:
    """What was tested, on what, when and how."""
    labs = run.labs
    return (
        Fact("Proxy mode", run.profile.partition("-")[0]),
        Fact("Network", _together(lab.network for lab in labs) or run.profile.partition("-")[2]),
        Fact("Kubernetes", _together(lab.kubernetes for lab in labs) or "unknown"),
        Fact("Kernel", _together(lab.kernel for lab in labs) or "unknown"),
        Fact("Tools", "; ".join(_tool_words(tool) for tool in tools(run)) or "unknown"),
        Fact(HANDED_IN, "; ".join(_supplied(run)) or NOTHING),
        Fact("Lab", _together(lab.kind for lab in labs) or "none came up"),
        Fact("Started", moment(run.started)),
        Fact("Took", duration(run.finished - run.started)),
        Fact("Seed", str(run.seed)),
        Fact("Run", run.run_id),
        Fact("svcproof", run.svcproof),
        Fact("Command", run.command),
        Fact("Exit code", f"{run.exit_code}: {exit_meaning(run.exit_code)}"),
    )


HANDED_IN, NOTHING = "Programs handed in", "none"
TESTED = frozenset({"Proxy mode", "Network", "Kubernetes", "Kernel", "Tools", HANDED_IN})
"""The facts that say what was tested; the others say when and how."""


def _tool_words(tool: Fact) -> str:
    """A tool's version as it tells it; most begin with their own name."""
    return tool.value if tool.value.startswith(tool.name) else f"{tool.name} {tool.value}"


def programs(*runs: Run) -> tuple[ProgramFacts, ...]:
    """The programs of all labs, each once."""
    return tuple(dict.fromkeys(program for run in runs for lab in run.labs for program in lab.programs))


def _supplied(run: Run) -> Iterator[str]:
    """The programs that are tested in place of the pinned ones, or that took part in place of them."""
    for program in programs(run):
        if is_supplied(program):
            yield f"{program.name}, which says that it is {program.version}, SHA-256 {program.sha256[:12]}"


def is_supplied(program: ProgramFacts) -> bool:
    """Whether the user handed the program in, so that no pinned sum vouches for it."""
    return program.origin.startswith("supplied")


def tools(*runs: Run) -> tuple[Fact, ...]:
    """The tools of the machine that the labs used, with their versions, each once."""
    found = (Fact(name, version) for run in runs for lab in run.labs for name, version in lab.tools.items())
    return tuple(sorted(dict.fromkeys(found), key=lambda tool: tool.name))


def deviations(*runs: Run) -> tuple[Deviation, ...]:
    """In what the labs differ from a production cluster, each once."""
    return tuple(dict.fromkeys(deviation for run in runs for lab in run.labs for deviation in lab.deviations))


def _together(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values))
