"""Runs as a short Markdown summary for the page of a CI job, and one claim for an issue."""

from collections.abc import Sequence

from conformance.results import Batch, ClaimResult, Run
from reports import surroundings
from reports.comparison import comparison
from reports.document import shown
from reports.markdown_folded import pod_network, sabotage
from reports.markup import code, fenced, table, text
from reports.pod_network import explained
from reports.rerun import rerun_command
from reports.sabotage import SabotageTable
from reports.summary import Concern, concerns, counted, notices, observed_words, sentence
from reports.wording import duration, flow_words, seconds_range

MOST_BYTES = 1_000_000
"""GitHub takes no step summary of more than 1 MiB.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""
_LONGEST = 500
"""Characters of a cell: an outcome that was not stable can name a hundred fates."""


def render_markdown(*runs: Run, sabotages: Sequence[SabotageTable] = (), note: str = "") -> str:
    """What a note says of the runs, of each what came out, and folded how packets get to pods and what sabotages did.

    What came out: the sentence, what a reader must know, the claims that did not pass, the figures of the labs.
    What is folded is there as far as it fits.
    """
    blocks = [
        *([f"> {text(note)}"] if note else []),
        *(block for run in runs for block in _run(run)),
        *(pod_network(each) for each in explained(shown(runs))),
        *(sabotage(each) for each in sabotages),
    ]
    return "\n\n".join(_fitting(blocks)) + "\n"


def _run(run: Run) -> list[str]:
    return [
        f"## svcproof: {text(run.profile)}",
        f"**{sentence(run)}**",
        *(f"> {text(notice)}" for notice in notices(run)),
        *(fenced(error) for error in run.errors),
        *([_claims_table(concerns(run))] if concerns(run) else []),
        _facts_line(run),
        *([_figures_table(run)] if run.labs else []),
    ]


def _fitting(blocks: Sequence[str]) -> list[str]:
    """The blocks in their order, without those that are too large to fit, but with how many these are."""
    room = MOST_BYTES
    found = []
    for block in blocks:
        size = len(block.encode()) + 2
        if size <= room:
            found.append(block)
            room -= size
    left = len(blocks) - len(found)
    note = f"{counted(left, 'part')} too large for a summary: the report has {'it' if left == 1 else 'them'}."
    return [*found, note] if left else found


def render_claim(run: Run, claim: ClaimResult) -> str:
    """One claim for an issue: what was expected and observed, on what, and how to run it again."""
    rows = [
        (
            text(row.trait),
            text(row.expected),
            f"**{text(row.observed)}**" if row.differs else text(row.observed),
        )
        for row in comparison(claim)
    ]
    blocks = [
        f"## {code(claim.id)}: {claim.verdict}",
        f"{text(claim.requirement.sentence)} ({text(claim.requirement.source)})",
        f"{text(flow_words(claim.flow))}: {code(claim.flow.address or 'never sent')}",
        table(("", "Expected", "Observed"), rows),
        *([fenced(claim.error)] if claim.error else []),
        *(
            [f"{counted(claim.batch.size, 'probe')}: {text(_counts(claim.batch))}"]
            if claim.batch is not None
            else []
        ),
        *([fenced(_wire(claim))] if claim.ways else []),
        f"Run it again: {code(rerun_command(run, claim))}",
        _facts_line(run),
    ]
    return "\n\n".join(blocks) + "\n"


def _counts(batch: Batch) -> str:
    return ", ".join(f"{name} {number}" for name, number in batch.counts.items())


def _wire(claim: ClaimResult) -> str:
    """The wire log of one probe of each outcome."""
    lines = []
    for way in claim.ways:
        lines.append(f"{counted(way.probes, 'probe')} {way.outcome}")
        for step in way.steps:
            tunnel = f"  in {step.tunnel}" if step.tunnel else ""
            lines.append(
                f"{step.time_us:>8}  {step.place:11} {step.interface:13} {step.direction:5}  "
                f"{step.source} > {step.destination}  {step.packet}  ttl {step.ttl}{tunnel}"
            )
    return "\n".join(lines)


def _claims_table(groups: Sequence[Concern]) -> str:
    rows: list[Sequence[str]] = []
    for group in groups:
        rows += [_claim_row(claim) for claim in group.shown]
        if group.left:
            rows.append((str(group.verdict), f"and {group.left:,} more", "", ""))
    return table(("Verdict", "Claim", "Expected", "Observed"), rows)


def _claim_row(claim: ClaimResult) -> Sequence[str]:
    return (
        str(claim.verdict),
        f"{code(claim.id)}<br>{text(flow_words(claim.flow))}",
        text(_cut(claim.expected_text)),
        text(_cut(observed_words(claim))),
    )


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _facts_line(run: Run) -> str:
    wanted = ("Proxy mode", "Network", "Kubernetes", "Kernel", "Lab", "Seed", "Run")
    found = [f"{fact.name} {text(fact.value)}" for fact in surroundings.facts(run) if fact.name in wanted]
    return f"{' · '.join(found)} · took {duration(run.finished - run.started)}"


def _figures_table(run: Run) -> str:
    rows = [
        (
            text(lab.lab),
            f"{lab.figures.up_seconds:.1f} s",
            seconds_range(lab.figures.programmed_seconds),
            f"{lab.figures.captured:,}",
            f"{lab.figures.dropped:,}",
        )
        for lab in run.labs
    ]
    return table(("Lab", "Up after", "Rules programmed within", "Captured", "Lost"), rows)
