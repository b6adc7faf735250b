"""One or several runs as one self-contained HTML page: no request, nothing beside it, readable without its script."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.results import ClaimResult, NodeEvidence, Run, Verdict, Way
from lab.api import Rule
from reports import surroundings, wording
from reports.anchor import anchor
from reports.attention import differing, not_proven
from reports.catalogue import Entry, Family, coverage, entries, families
from reports.comparison import comparison
from reports.convergence import followed, strips
from reports.distribution import distribution
from reports.document import Shown, shown
from reports.drawing import MARGIN, WIDTH, Drawing, arrows, boxes, drawings, is_return, returned
from reports.pod_network import explained
from reports.repeats import Repeats
from reports.rerun import rerun_command
from reports.sabotage import SabotageTable
from reports.summary import URGENCY, counted, notices, observed_words, sentence
from reports.way import hops, widths

MOST_BYTES = 5_000_000
"""A report goes into mails and issues. Claims that need no attention are left out where it would be larger."""

_LINK_BYTES = 64
"""At most what a claim costs beside its section: its link in the list of requirements, its family's heading."""

_OPEN = (Verdict.FAIL, Verdict.STALE_DIFFERENCE)
"""Verdicts of claims of which everything is shown."""

_LARGE = 400
"""Claims of a page whose requirements are all folded."""


def render_html(*runs: Run, sabotages: Sequence[SabotageTable] = ()) -> str:
    """The page of these runs. The same runs always give the same page."""
    found = shown(runs)
    environment = _environment()
    context = _context(found, sabotages)
    every = entries(context["families"])
    shell = _page(environment, context, (), {entry.id for entry in every})
    written = _sections(environment, every, many=len(found) > 1, room=MOST_BYTES - len(shell.encode()))
    left_out = {entry.id for entry in every if entry.id not in written}
    by_family = [
        (family.name, [written[each.id] for each in entries([family]) if each.id in written])
        for family in context["families"]
    ]
    return _page(environment, context, [each for each in by_family if each[1]], left_out)


def _page(
    environment: Environment,
    context: dict[str, Any],
    sections: Sequence[tuple[str, list[Markup]]],
    left_out: set[str],
) -> str:
    return environment.get_template("page.html").render(sections=sections, left_out=left_out, **context)


def _sections(
    environment: Environment, every: Sequence[Entry], *, many: bool, room: int
) -> dict[str, Markup]:
    """The sections of claims by id, the most urgent first, for as long as there is room."""
    template = environment.get_template("claim_section.html")
    written: dict[str, Markup] = {}
    repeats = Repeats()
    for entry in sorted(every, key=lambda each: URGENCY.index(each.worst)):
        text = template.render(entry=entry, many=many, repeats=repeats)
        room -= len(text.encode()) + _LINK_BYTES
        if room < 0:
            break
        written[entry.id] = Markup(text)  # noqa: S704 - of our own template, which has escaped all data
    return written


def _context(runs: Sequence[Shown], sabotages: Sequence[SabotageTable]) -> dict[str, Any]:
    found: tuple[Family, ...] = families(runs)
    every = entries(found)
    rows = list(zip(*(surroundings.facts(run.run) for run in runs), strict=True))
    script = (files("reports") / "templates" / "filter.js").read_text()
    return {
        "runs": runs,
        "many": len(runs) > 1,
        "families": found,
        "is_empty": not every,
        "is_large": len(every) > _LARGE,
        "tested": [row for row in rows if row[0].name in surroundings.TESTED],
        "how": [row for row in rows if row[0].name not in surroundings.TESTED],
        "differing": differing(runs),
        "not_proven": not_proven(runs),
        "different": [entry for entry in every if entry.differs or len(entry.results) < len(runs)],
        "spreads": list(_spreads(runs)),
        "strips": strips(runs),
        "followed": followed(runs),
        "coverages": [(run, coverage(run)) for run in runs],
        "explained": explained(runs),
        "sabotages": sabotages,
        "claim_ids": {entry.id for entry in every},
        "labs": [(run, lab) for run in runs for lab in run.run.labs],
        "programs": surroundings.programs(*(run.run for run in runs)),
        "tools": surroundings.tools(*(run.run for run in runs)),
        "deviations": surroundings.deviations(*(run.run for run in runs)),
        "verdicts": list(Verdict),
        "most_megabytes": MOST_BYTES // 1_000_000,
        "script": Markup(script),  # noqa: S704 - our own file
        "script_digest": f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
    }


def _spreads(runs: Sequence[Shown]) -> Iterator[tuple[Shown, ClaimResult, object]]:
    for run in runs:
        for claim in run.run.claims:
            spread = distribution(claim)
            if spread is not None:
                yield run, claim, spread


def _drawn_ways(claim: ClaimResult) -> tuple[Way, ...]:
    """The ways that are drawn: of a claim that passed the first stands for all, which are of one kind."""
    return claim.ways[:1] if claim.verdict is Verdict.PASS else claim.ways


def _without_returns(drawn: Sequence[Drawing], claim: ClaimResult) -> list[Drawing]:
    """The drawings; where a claim needs no attention, words do for a reply that only turned back."""
    match drawn:
        case [there, back] if claim.verdict not in _OPEN and is_return(back, there):
            return [returned(there)]
        case _:
            return list(drawn)


def _plain(text: str) -> Markup:
    """Text that stands between tags: quotes mean nothing there, and rules are full of them."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - both marks that begin markup are gone


def _by_chain(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    return [
        (f"{table}, {chain}", list(group))
        for (table, chain), group in groupby(rules, key=lambda rule: (rule.table, rule.chain))
    ]


def _tracking_nodes(claim: ClaimResult) -> tuple[NodeEvidence, ...]:
    """The nodes that tracked a probe, with the entries of the probes that are drawn."""
    tracking = tuple(node for node in claim.nodes if node.conntrack)
    if claim.verdict is not Verdict.PASS:
        return tracking
    return tuple(replace(node, conntrack=node.conntrack[:1]) for node in tracking[:1])


def _no_evidence(claim: ClaimResult, otherwise: str) -> str:
    """Why there is nothing to show of a claim's kernels."""
    if claim.evidence_error:
        return f"could not be read: {claim.evidence_error}"
    if claim.observed is None:
        return "nothing was observed"
    return otherwise if claim.nodes else "not among these results"


def _no_probe(claim: ClaimResult) -> str:
    """Why there is no way to draw. Of what was observed, only requests to the API have none."""
    if claim.observed is None:
        return "nothing was observed"
    return "a request to the API: its packets are not captured, and its answer is what was observed"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        anchor=anchor,
        by_chain=_by_chain,
        chance=wording.chance,
        comparison=comparison,
        counted=counted,
        distribution=distribution,
        drawings=drawings,
        drawn_ways=_drawn_ways,
        flow_words=wording.flow_words,
        hops=hops,
        no_evidence=_no_evidence,
        no_probe=_no_probe,
        notices=notices,
        numbers=wording.numbers,
        observed_words=observed_words,
        plain=_plain,
        seconds_range=wording.seconds_range,
        sentence=sentence,
        tracking_nodes=_tracking_nodes,
        widths=widths,
        without_returns=_without_returns,
    )
    environment.tests.update(link=wording.is_link, supplied=surroundings.is_supplied)
    environment.globals.update(
        rerun_command=rerun_command, width=WIDTH, margin=MARGIN, boxes=boxes, arrows=arrows
    )
    return environment
