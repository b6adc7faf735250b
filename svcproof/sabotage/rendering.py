"""A sabotage as Markdown, and as the few lines that the terminal gets. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reports.sabotage import SabotageRow, SabotageTable
from svcproof.sabotage import seen_red
from svcproof.sabotage.fault import shape_of
from svcproof.sabotage.results import Fate, FaultResult, Sabotage
from svcproof.sabotage.score import Score, is_open, score

_ORDER = (Fate.SURVIVED, Fate.ALARMED, Fate.NOT_TESTABLE, Fate.NOTICED, Fate.HARMLESS, Fate.REFUSED)
_MUST_NOT_BE = "noticed that must not be"
_MOST_DIFFERENCES = 3
_MOST = 20
"""Rows of a table of what is most frequent."""


def markdown(sabotage: Sabotage) -> str:
    """The whole table, survivors first."""
    lines = [
        f"# Sabotage of {sabotage.profile}",
        "",
        *(f"{line}  " for line in summary(sabotage)),
        "",
        (
            f"{sabotage.lab.kernel}, Kubernetes {sabotage.lab.kubernetes}, {sabotage.lab.network}; "
            f"seed {sabotage.seed}; `{sabotage.command}`"
        ),
        "",
        *_by_kind(sabotage.faults),
        *_untold(sabotage.faults),
        *_survivors(sabotage.faults),
        *_twin_shapes(sabotage.faults),
        *_table(sabotage.faults),
        *_said_by_all(sabotage.faults),
        *_unsound(sabotage),
        *seen_red.lines(sabotage),
    ]
    return "\n".join(lines) + "\n"


def summary(sabotage: Sabotage) -> list[str]:
    """What the terminal says at the end."""
    counts = score(sabotage.faults)
    ours = [fault for fault in sabotage.faults if fault.where]
    speed = len(ours) / sabotage.fault_seconds if sabotage.fault_seconds else 0.0
    tried = f"{len(sabotage.faults)} faults tried, {len(ours)} of {sabotage.known} in the rules"
    return [
        f"{sabotage.profile}: {tried}: {sentence(counts)}",
        (
            f"score {counts.percent:.2f} %, {speed:.1f} faults a second, "
            f"{sabotage.claims} claims, of which not as expected without any fault: "
            f"{len(sabotage.baseline)} before the faults, {len(sabotage.behind)} behind them"
        ),
        *_uncaptured(sabotage),
        *([seen_red.in_words(sabotage)] if sabotage.asked and not sabotage.listed else []),
        *seen_red.of_the_blind(sabotage),
    ]


def _uncaptured(sabotage: Sabotage) -> Iterator[str]:
    lost = sabotage.lab.figures.dropped
    if lost:
        tried = sum(bool(fault.uncaptured) for fault in sabotage.faults)
        yield f"captures lost {lost} packets: what was not seen is in doubt, of {tried} faults"


def shown(sabotage: Sabotage) -> SabotageTable:
    """The same as a report shows it: by what the faults became, survivors first."""
    ordered = sorted(
        sabotage.faults, key=lambda each: (_ORDER.index(each.fate), not is_open(each), _became(each))
    )
    return SabotageTable(
        title=f"{sabotage.profile}, {sabotage.run_id}",
        profile=sabotage.profile,
        sentence="; ".join(summary(sabotage)) + ".",
        open=frozenset({Fate.SURVIVED, _MUST_NOT_BE, Fate.NOT_TESTABLE}),
        rows=tuple(_row(fault) for fault in ordered),
        never_red=seen_red.never_red(sabotage),
    )


def _row(fault: FaultResult) -> SabotageRow:
    became = _MUST_NOT_BE if fault.fate is Fate.ALARMED else _became(fault)
    return SabotageRow(fault.name, became, *_noticing(fault), is_of_rules=bool(fault.where))


def _noticing(fault: FaultResult) -> tuple[str, str]:
    """The claim that noticed it, and what is told of it."""
    if fault.notices:
        first = fault.notices[0]
        if fault.fate is Fate.NOT_TESTABLE:
            return "", f"{first.claim}: {first}{_in_doubt(fault)}"
        return first.claim, first.observed + _in_doubt(fault)
    told = "; ".join(line.replace("`", "") for line in _settling(fault))
    return "", (told or fault.error) + _in_doubt(fault)


def sentence(counts: Score) -> str:
    """The counts in words; zeros that nobody misses are left out."""
    in_time = f" ({counts.unsettled} of them not settled in time)" if counts.unsettled else ""
    parts = [f"{counts.noticed} noticed", f"{counts.open} survived{in_time}"]
    rest = (
        (counts.twins, "noticed in the same rule of another Service"),
        (counts.equivalent, "changing nothing"),
        (counts.owed, "for which a claim is owed"),
        (counts.not_testable, "not testable"),
        (counts.harmless, "harmless, as they must be"),
        (counts.alarmed, _MUST_NOT_BE),
        (counts.refused, "refused by the kernel"),
    )
    return ", ".join([*parts, *(f"{count} {words}" for count, words in rest if count)])


def _by_kind(faults: Sequence[FaultResult]) -> Iterator[str]:
    yield "| kind | tried | noticed | at a twin | changes nothing | claim owed | survived | not testable |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind, tried in sorted(Counter(fault.kind for fault in faults).items()):
        counts = score([fault for fault in faults if fault.kind is kind])
        cells = (
            kind,
            tried,
            counts.noticed,
            counts.twins,
            counts.equivalent,
            counts.owed,
            counts.open,
            counts.not_testable,
        )
        yield f"| {' | '.join(str(cell) for cell in cells)} |"
    yield ""


def _untold(faults: Sequence[FaultResult]) -> Iterator[str]:
    """What the lab could not tell of, and which sentinels it lost."""
    untold = [fault for fault in faults if fault.fate is Fate.NOT_TESTABLE]
    yield from (f"## Not testable: {len(untold)}", "")
    for fault in untold:
        yield f"- {_code(fault.name)}"
        for notice in fault.notices:
            yield f"  - {notice.claim}: {_first_line(notice.observed)}"
            yield from (f"    - lost: {sentinel}" for sentinel in notice.sentinels)
    yield ""


def _survivors(faults: Sequence[FaultResult]) -> Iterator[str]:
    survived = [fault for fault in faults if fault.fate is Fate.SURVIVED]
    for title, chosen in (
        ("Survivors that are not on record", [fault for fault in survived if is_open(fault)]),
        ("Survivors for which a claim is owed", [fault for fault in survived if fault.owed]),
        ("Survivors that change nothing", [fault for fault in survived if _changes_nothing(fault)]),
        ("Noticed in the same rule of another Service", [fault for fault in survived if _by_twin(fault)]),
        ("On record, and noticed all the same", [fault for fault in faults if _is_stale(fault)]),
    ):
        yield from (f"## {title}: {len(chosen)}", "")
        for fault in chosen:
            yield f"- {_code(fault.name)}"
            yield from (f"  - {line}" for line in _settling(fault))
        yield ""


def _settling(fault: FaultResult) -> Iterator[str]:
    """Why a survivor may live, or what packets say of it."""
    if fault.recorded:
        yield f"{fault.recorded} Owed: {fault.owed}" if fault.owed else fault.recorded
    elif fault.twin:
        yield f"noticed: {_code(fault.twin)}"
    elif fault.unsettled:
        yield f"not settled: {fault.unsettled}"
    if fault.equivalence is None:
        return
    yield str(fault.equivalence)
    for each in fault.equivalence.differences[:_MOST_DIFFERENCES]:
        yield f"missing claim? {each.flow}: {each.sound}; with the fault: {each.broken}"


def _twin_shapes(faults: Sequence[FaultResult]) -> Iterator[str]:
    """Where claims about more Services would do most: the rules whose faults are noticed at a twin most often."""
    shapes = Counter(shape_of(fault.name) for fault in faults if _by_twin(fault))
    home = Counter(shape_of(fault.name) for fault in faults if fault.fate is Fate.NOTICED)
    services = Counter(fault.service for fault in faults if _by_twin(fault))
    yield from ("## Noticed at a twin, by what differs from Service to Service", "")
    yield from ("| at a twin | noticed | shape of the fault |", "|---|---|---|")
    yield from (f"| {count} | {home[shape]} | {_code(shape)} |" for shape, count in shapes.most_common(_MOST))
    yield ""
    yield from ("| at a twin | Service |", "|---|---|")
    yield from (f"| {count} | {name or 'shared'} |" for name, count in services.most_common(_MOST))
    yield ""


def _table(faults: Sequence[FaultResult]) -> Iterator[str]:
    yield from ("## All faults", "", "| fault | became | first claim that noticed | claims asked | seconds |")
    yield "|---|---|---|---|---|"
    for fault in sorted(faults, key=lambda each: (_ORDER.index(each.fate), each.name)):
        noticed = f"{fault.notices[0].claim}: {fault.notices[0]}" if fault.notices else fault.error
        became = _became(fault)
        first = _first_line(noticed).replace("|", "\\|") + _in_doubt(fault)
        yield f"| {_code(fault.name)} | {became} | {first} | {fault.judged} | {fault.seconds:.2f} |"
    yield ""


def _in_doubt(fault: FaultResult) -> str:
    return f" (captures lost {fault.uncaptured} packets meanwhile)" if fault.uncaptured else ""


def _said_by_all(faults: Sequence[FaultResult]) -> Iterator[str]:
    """What each claim said of faults that all are asked about: one that noticed says nothing of those that did not."""
    asked = [fault for fault in faults if fault.quiet or fault.untold]
    if not asked:
        return
    yield from ("## Faults that all claims were asked about", "")
    for fault in asked:
        noticed = len(fault.notices) if fault.fate in (Fate.NOTICED, Fate.ALARMED) else 0
        yield f"- {_code(fault.name)}: {noticed} noticed"
        if fault.quiet:
            yield f"  - {len(fault.quiet)} could tell, and noticed nothing: {_codes(fault.quiet)}"
        if fault.untold:
            yield f"  - {len(fault.untold)} could not tell:"
            yield from (f"    - `{each.claim}`: {_first_line(str(each))}" for each in fault.untold)
    yield ""


def _codes(claims: Iterable[str]) -> str:
    return ", ".join(f"`{claim}`" for claim in claims)


def _first_line(text: str) -> str:
    return (text.splitlines() or [""])[0]


def _became(fault: FaultResult) -> str:
    if fault.fate is not Fate.SURVIVED or is_open(fault):
        return str(fault.fate)
    if fault.recorded:
        return "claim owed" if fault.owed else "changes nothing"
    return "noticed at a twin"


def _changes_nothing(fault: FaultResult) -> bool:
    return bool(fault.recorded) and not fault.owed and not is_open(fault)


def _is_stale(fault: FaultResult) -> bool:
    return fault.fate is Fate.NOTICED and bool(fault.recorded)


def _by_twin(fault: FaultResult) -> bool:
    return bool(fault.twin) and not fault.recorded


def _unsound(sabotage: Sabotage) -> Iterator[str]:
    for title, claims in (
        ("Claims that were not asked: not as expected before the faults", sabotage.baseline),
        ("Claims that noticed faults, and were not as expected behind them", sabotage.behind),
    ):
        if claims:
            yield from (f"## {title}", "")
            yield from (f"- `{claim}`: {observed}" for claim, observed in claims.items())
            yield ""


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"
