"""A run as one self-contained HTML page: no script, no request, nothing beside it."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.results import Run
from reports import surroundings, wording
from reports.anchor import anchor
from reports.catalogue import families
from reports.comparison import comparison
from reports.rerun import rerun_command
from reports.summary import concerns, counted, notices, observed_words, sentence
from reports.way import hops


def render_html(run: Run) -> str:
    """The page of a run. The same run always gives the same page."""
    return (
        _environment()
        .get_template("page.html")
        .render(
            run=run,
            sentence=sentence(run),
            notices=notices(run),
            concerns=concerns(run),
            families=families(run.claims),
            facts=surroundings.facts(run),
            programs=surroundings.programs(run),
            tools=surroundings.tools(run),
            deviations=surroundings.deviations(run),
        )
    )


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
        chance=wording.chance,
        comparison=comparison,
        counted=counted,
        flow_words=wording.flow_words,
        hops=hops,
        observed_words=observed_words,
        seconds_range=wording.seconds_range,
    )
    environment.tests.update(link=wording.is_link, supplied=surroundings.is_supplied)
    environment.globals["rerun_command"] = rerun_command
    return environment
