"""One or several runs as one self-contained HTML page: no request, nothing beside it, readable without its script."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from conformance.results import Run
from reports.catalogue import Entry, entries
from reports.contents import contents
from reports.document import shown
from reports.repeats import Repeats
from reports.sabotage import SabotageTable
from reports.summary import URGENCY
from reports.templating import environment, tight

MOST_BYTES = 5_000_000
"""A report goes into mails and issues. Claims that need no attention are left out where it would be larger."""

_LINK_BYTES = 64
"""At most what a claim costs beside its section: its link in the list of requirements, its family's heading."""


def render_html(*runs: Run, sabotages: Sequence[SabotageTable] = (), note: str = "") -> str:
    """The page of these runs, and what a note says of them. The same runs always give the same page."""
    templates = environment()
    context = contents(shown(runs), sabotages) | {"note": note}
    every = entries(context["families"])
    shell = _page(templates, context, (), {entry.id for entry in every})
    written = _sections(templates, every, many=len(runs) > 1, room=MOST_BYTES - len(shell.encode()))
    left_out = {entry.id for entry in every if entry.id not in written}
    by_family = [
        (family.name, [written[each.id] for each in entries([family]) if each.id in written])
        for family in context["families"]
    ]
    return _page(templates, context, [each for each in by_family if each[1]], left_out)


def _page(
    templates: Environment,
    context: dict[str, Any],
    sections: Sequence[tuple[str, list[Markup]]],
    left_out: set[str],
) -> str:
    page = templates.get_template("page.html")
    return page.render(
        sections=sections, left_out=left_out, most_megabytes=MOST_BYTES // 1_000_000, **context
    )


def _sections(templates: Environment, every: Sequence[Entry], *, many: bool, room: int) -> dict[str, Markup]:
    """The sections of claims by id, the most urgent first, for as long as there is room."""
    template = templates.get_template("claim_section.html")
    written: dict[str, Markup] = {}
    repeats = Repeats()
    for entry in sorted(every, key=lambda each: URGENCY.index(each.worst)):
        text = tight(template.render(entry=entry, many=many, repeats=repeats))
        room -= len(text.encode()) + _LINK_BYTES
        if room < 0:
            break
        written[entry.id] = Markup(text)  # noqa: S704 - of our own template, which has escaped all data
    return written
