"""A run as a short Markdown summary, for the page of a CI job or for an issue."""

from collections.abc import Sequence

from conformance.results import Batch, ClaimResult, Run
from reports import surroundings
from reports.comparison import comparison
from reports.rerun import rerun_command
from reports.summary import Concern, concerns, notices, observed_words, sentence
from reports.wording import duration, flow_words, seconds_range


def render_markdown(run: Run) -> str:
    """The sentence, what a reader must know, the claims that did not pass, and the figures of the labs."""
    blocks = [
        f"## svcproof: {_text(run.profile)}",
        f"**{sentence(run)}**",
        *(f"> {_text(notice)}" for notice in notices(run)),
        *(_fenced(error) for error in run.errors),
        *([_claims_table(concerns(run))] if concerns(run) else []),
        _facts_line(run),
        *([_figures_table(run)] if run.labs else []),
    ]
    return "\n\n".join(blocks) + "\n"


def render_claim(run: Run, claim: ClaimResult) -> str:
    """One claim for an issue: what was expected and observed, on what, and how to run it again."""
    rows = [
        (
            _text(row.trait),
            _text(row.expected),
            f"**{_text(row.observed)}**" if row.differs else _text(row.observed),
        )
        for row in comparison(claim)
    ]
    blocks = [
        f"## {_code(claim.id)}: {claim.verdict}",
        f"{_text(claim.requirement.sentence)} ({_text(claim.requirement.source)})",
        f"{_text(flow_words(claim.flow))}: {_code(claim.flow.address or 'never sent')}",
        _table(("", "Expected", "Observed"), rows),
        *([_fenced(claim.error)] if claim.error else []),
        *([f"{claim.batch.size} probes: {_text(_counts(claim.batch))}"] if claim.batch is not None else []),
        *([_fenced(_wire(claim))] if claim.ways else []),
        f"Run it again: {_code(rerun_command(run, claim))}",
        _facts_line(run),
    ]
    return "\n\n".join(blocks) + "\n"


def _counts(batch: Batch) -> str:
    return ", ".join(f"{name} {number}" for name, number in batch.counts.items())


def _wire(claim: ClaimResult) -> str:
    """The wire log of one probe of each outcome."""
    lines = []
    for way in claim.ways:
        lines.append(f"{way.probes} probes {way.outcome}")
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
    return _table(("Verdict", "Claim", "Expected", "Observed"), rows)


def _claim_row(claim: ClaimResult) -> Sequence[str]:
    return (
        str(claim.verdict),
        f"{_code(claim.id)}<br>{_text(flow_words(claim.flow))}",
        _text(claim.expected_text),
        _text(observed_words(claim)),
    )


def _facts_line(run: Run) -> str:
    wanted = ("Proxy mode", "Network", "Kubernetes", "Kernel", "Lab", "Seed", "Run")
    found = [f"{fact.name} {_text(fact.value)}" for fact in surroundings.facts(run) if fact.name in wanted]
    return f"{' · '.join(found)} · took {duration(run.finished - run.started)}"


def _figures_table(run: Run) -> str:
    rows = [
        (
            _text(lab.lab),
            f"{lab.figures.up_seconds:.1f} s",
            seconds_range(lab.figures.programmed_seconds),
            f"{lab.figures.captured:,}",
            f"{lab.figures.dropped:,}",
        )
        for lab in run.labs
    ]
    return _table(("Lab", "Up after", "Rules programmed within", "Captured", "Lost"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(text: str) -> str:
    """Text that no Markdown reader takes for markup, on one line."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{mark}" if mark in "\\`*_[]|#~" else mark for mark in flat)


def _code(text: str) -> str:
    """A code span. A pipe would end the cell of a table even there."""
    return f"`{text.replace('`', ' ').replace('|', chr(92) + '|')}`"


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text.rstrip()}\n{fence}"
