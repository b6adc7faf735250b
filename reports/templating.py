"""What the templates of the page may call, and the settings under which they are read."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance import exit_codes
from conformance.results import Run
from reports import claim_parts, drawing, surroundings, wording
from reports.alike import same_outcome, same_packets
from reports.anchor import anchor, fragment
from reports.comparison import comparison
from reports.distribution import distribution
from reports.place import places
from reports.repeats import one_claim
from reports.rerun import rerun_command
from reports.summary import counted, notices, observed_words, sentence
from reports.way import hops, widths

_BLANK_LINES = re.compile(r"(<pre.*?</pre>)|\s*\n\s*(<dd)?", re.DOTALL)


def plain(text: str) -> Markup:
    """Text that stands between tags: quotes mean nothing there, and rules are full of them."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - both marks that begin markup are gone


def tight(page: str) -> str:
    """Markup without the blank lines and indentation that templates leave, but for what is preformatted.

    A term's description begins on the term's own line: a report has ten thousand of them.
    """
    return _BLANK_LINES.sub(lambda found: found[1] or found[2] or "\n", page)


def standing(run: Run) -> str:
    """The class of a run's sentence: what its colour says, which the words say, too."""
    match run.exit_code:
        case exit_codes.AS_DOCUMENTED:
            return "sound"
        case exit_codes.DIFFERS:
            return "fails"
        case _:
            return "doubtful"


_OF_CLAIMS: Mapping[str, Callable[..., object]] = {
    "by_chain": claim_parts.by_chain,
    "comparison": comparison,
    "distribution": distribution,
    "drawings": drawing.drawings,
    "drawn_ways": claim_parts.drawn_ways,
    "hops": hops,
    "no_evidence": claim_parts.no_evidence,
    "no_probe": claim_parts.no_probe,
    "no_trace": claim_parts.no_trace,
    "one_claim": one_claim,
    "places": places,
    "traced_words": claim_parts.traced_words,
    "tracking_nodes": claim_parts.tracking_nodes,
    "widths": widths,
    "without_returns": claim_parts.without_returns,
}
_OF_WORDS: Mapping[str, Callable[..., object]] = {
    "anchor": anchor,
    "chance": wording.chance,
    "counted": counted,
    "fragment": fragment,
    "flow_words": wording.flow_words,
    "link_words": wording.link_words,
    "notices": notices,
    "numbers": wording.numbers,
    "observed_words": observed_words,
    "plain": plain,
    "seconds_range": wording.seconds_range,
    "sentence": sentence,
    "standing": standing,
}


def compile_templates() -> None:
    """Compiles every template now, for the first page to be rendered sooner."""
    templates = environment()
    for name in templates.list_templates(["html"]):
        templates.get_template(name)


@cache
def environment() -> Environment:
    """Templates that escape what they are given, and stop at what they are not given. Keeps what it has compiled."""
    made = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_OF_CLAIMS)
    made.filters.update(_OF_WORDS)
    made.tests.update(link=wording.is_link, supplied=surroundings.is_supplied)
    made.globals.update(rerun_command=rerun_command, same_outcome=same_outcome, same_packets=same_packets)
    made.globals.update(
        width=drawing.WIDTH, margin=drawing.MARGIN, boxes=drawing.boxes, arrows=drawing.arrows
    )
    return made
