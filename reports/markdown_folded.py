"""What a Markdown summary keeps folded: how packets get to pods, and what sabotages came to. Pure."""

from collections import Counter
from collections.abc import Sequence

from lab.api import PodPath
from reports.markup import code, fenced, folded, table, text
from reports.pod_network import Explained
from reports.sabotage import Became, SabotageTable, Told

_NAMED = 20
"""Faults, and claims that noticed some, that a summary names of each sabotage."""


def pod_network(of: Explained) -> str:
    """The paths of a run's network, line by line; the tables of its nodes are in the report only."""
    record = of.record
    error = [fenced(record.error)] if record.error else []
    return folded(
        f"How a packet gets from kube-proxy's DNAT to the pod: {of.run.label}, {of.network}",
        *error,
        *(block for path in record.paths for block in _path(path)),
    )


def _path(path: PodPath) -> Sequence[str]:
    places = max((len(entry.place) for entry in path.entries), default=0)
    carriers = max((len(entry.carrier) for entry in path.entries), default=0)
    lines = [
        f"{entry.place:{places}}  {entry.carrier:{carriers}}  {entry.text}".rstrip() for entry in path.entries
    ]
    return (
        f"From {text(path.sender)} to {text(path.endpoint)}, by {text(path.service)}:",
        fenced("\n".join(lines)),
    )


def sabotage(of: SabotageTable) -> str:
    """How many faults came to what, those that should have come to something else, and who noticed most."""
    return folded(
        f"Sabotage: {of.title}",
        text(of.sentence),
        table(("Faults", "Became"), [(f"{len(each.rows):,}", text(each.fate)) for each in of.by_fate]),
        *(_wrong(each) for each in of.wrong),
        *_noticing(of),
    )


def _wrong(became: Became) -> str:
    shown = became.told[:_NAMED]
    left = len(became.rows) - sum(len(each.faults) for each in shown)
    rest = [f"- and {left:,} more"] if left else []
    return "\n".join([f"{text(became.fate).capitalize()}:", "", *map(_line, shown), *rest])


def _line(told: Told) -> str:
    why = f": {text(told.told)}" if told.told else ""
    return f"- {', '.join(map(code, told.faults))}{why}"


def _noticing(of: SabotageTable) -> Sequence[str]:
    """The claims that were the first to notice most faults."""
    first = Counter(row.claim for row in of.rows if row.claim)
    if not first:
        return ()
    named = first.most_common(_NAMED)
    rows = [(f"{number:,}", code(claim)) for claim, number in named]
    if len(first) > len(named):
        left = first.total() - sum(number for _, number in named)
        rows.append((f"{left:,}", f"{len(first) - len(named):,} other claims"))
    return (table(("Faults", "First noticed by"), rows),)
