"""Runs as JUnit XML, for CI systems that draw tests: a suite for each run, a case for each claim."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.results import ClaimResult, Run, Verdict
from reports.summary import counts
from reports.wording import flow_words

_LEGAL = frozenset(range(0x20, 0xD800)) | frozenset(range(0xE000, 0xFFFE)) | {0x9, 0xA, 0xD}


def render_junit(runs: Sequence[Run]) -> str:
    """The file. Known differences and what is not supported are cases that were skipped, with the reason.

    What else was not observed is an error.
    """
    suites = Element("testsuites", name="svcproof")
    for run in runs:
        _suite(suites, run)
    indent(suites)
    return tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(suites: Element, run: Run) -> None:
    by = counts(run)
    suite = SubElement(
        suites,
        "testsuite",
        name=run.profile,
        tests=str(len(run.claims)),
        failures=str(by[Verdict.FAIL] + by[Verdict.STALE_DIFFERENCE]),
        errors=str(by[Verdict.LAB_ERROR] + by[Verdict.NOT_RUN]),
        skipped=str(by[Verdict.KNOWN_DIFFERENCE] + by[Verdict.NOT_SUPPORTED]),
        time=f"{(run.finished - run.started).total_seconds():.3f}",
        timestamp=run.started.isoformat(timespec="seconds"),
    )
    for claim in run.claims:
        _case(suite, run, claim)
    if run.errors:
        SubElement(suite, "system-err").text = _legal("\n\n".join(run.errors))


def _case(suite: Element, run: Run, claim: ClaimResult) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=f"{run.profile}.{claim.requirement.id}",
        name=claim.claim,
        time=f"{claim.seconds:.3f}",
    )
    match claim.verdict:
        case Verdict.PASS:
            return
        case Verdict.KNOWN_DIFFERENCE:
            reason = claim.difference.reason if claim.difference else ""
            SubElement(case, "skipped", message=_legal(f"known difference: {reason}"))
        case Verdict.FAIL | Verdict.STALE_DIFFERENCE:
            said = f"{claim.verdict}: {claim.observed_text}"
            SubElement(case, "failure", message=_legal(said)).text = _legal(_told(claim))
        case Verdict.NOT_SUPPORTED:
            SubElement(case, "skipped", message=_legal(f"{claim.verdict}: {claim.error}"))
        case Verdict.LAB_ERROR | Verdict.NOT_RUN:
            first = claim.error.partition("\n")[0]
            SubElement(case, "error", message=_legal(f"{claim.verdict}: {first}")).text = _legal(claim.error)


def _told(claim: ClaimResult) -> str:
    lines = (
        claim.requirement.sentence,
        f"flow: {flow_words(claim.flow)} ({claim.flow.address})",
        f"expected: {claim.expected_text}",
        f"observed: {claim.observed_text}",
        claim.error,
    )
    return "\n".join(line for line in lines if line)


def _legal(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(mark if ord(mark) in _LEGAL or ord(mark) > 0xFFFF else "�" for mark in text)  # noqa: PLR2004 - beyond the first plane
