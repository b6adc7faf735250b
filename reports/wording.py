"""Figures and moments in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from conformance.results import FlowRecord


def moment(when: datetime) -> str:
    """A moment to the second, with its zone where it has one."""
    return when.strftime("%Y-%m-%d %H:%M:%S %Z").strip()


def duration(span: timedelta) -> str:
    """A span of time as a person says it: `41.3 s`, `2 min 5 s`, `1 h 2 min`."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, rest = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest} min"
    if minutes:
        return f"{minutes} min {seconds} s"
    return f"{span.total_seconds():.1f} s"


def seconds_range(seconds: Sequence[float]) -> str:
    """The longest and the median of several durations."""
    if not seconds:
        return "never"
    return f"{max(seconds):.2f} s at most, {median(seconds):.2f} s median, {len(seconds)} times"


def chance(probability: float) -> str:
    """A small probability as `1 in N`."""
    return f"1 in {1 / probability:,.0f}" if probability > 0 else "none"


def exit_meaning(code: int) -> str:
    """What svcproof's exit code says."""
    meanings = {
        0: "every selected claim was observed and is as documented or a known difference",
        1: "at least one claim differs",
        2: "wrong usage",
        3: "a lab error, or nothing could be observed",
        130: "interrupted",
    }
    return meanings.get(code, "not one of svcproof's")


def flow_words(flow: FlowRecord) -> str:
    """A flow as a phrase."""
    through = f", through {flow.via}" if flow.via else ""
    return f"{flow.sender} to {flow.target} over {flow.transport}{through}"


def is_link(text: str) -> bool:
    """Whether a source or a link is an address that a reader can follow."""
    return text.startswith(("https://", "http://")) and not any(mark.isspace() for mark in text)


def link_words(address: str) -> str:
    """A link as a reader tells it from others: its host, and the part of the page or else the page."""
    parts = urlsplit(address)
    page = parts.path.rstrip("/").rpartition("/")[2]
    return f"{parts.netloc}: {parts.fragment or page}" if parts.fragment or page else parts.netloc


def numbers(values: Sequence[int]) -> str:
    """Numbers in their order, those that count on as a range: `12-15, 7`. Zeros, which stand for none, are left out."""
    found: list[list[int]] = []
    for value in filter(None, values):
        if found and value == found[-1][-1] + 1:
            found[-1].append(value)
        else:
            found.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in found)
