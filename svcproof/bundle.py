"""All evidence of one claim in one file, to attach to an issue; with other addresses where that is wished."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from conformance.results import ClaimResult, Run, claim_json
from lab.traffic.pcapng import rewritten
from lab.traffic.readdressed import readdressed
from reports.anchor import anchor
from reports.markdown import render_claim
from svcproof.kept import PACKETS_FILE
from svcproof.redaction import Redaction

_BUNDLES = "bundles"
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same evidence makes the same file."""


def write_bundle(run: Run, claim: ClaimResult, directory: Path, *, redact: bool) -> Path:
    """Writes the file below the run's directory; its path."""
    name = anchor(claim.id).replace("/", "-") + ("-redacted" if redact else "")
    path = directory / _BUNDLES / f"{name}.zip"
    path.parent.mkdir(exist_ok=True)
    redaction = Redaction() if redact else None
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for inner, content in _files(run, claim, directory):
            entry = zipfile.ZipInfo(f"{name}/{inner}", _FIRST_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, content if redaction is None else redacted(inner, content, redaction))
    return path


def redacted(name: str, content: bytes, redaction: Redaction) -> bytes:
    """A file of a bundle with other addresses."""
    if name == PACKETS_FILE:
        return rewritten(content, lambda packet: readdressed(packet, redaction.address))
    return redaction.text(content.decode(errors="replace")).encode()


def kept_files(claim: ClaimResult, directory: Path) -> list[Path]:
    """The files that were kept of a claim; none where they are gone, or are said to be outside of the run."""
    kept = (directory / claim.bundle).resolve()
    if not claim.bundle or not kept.is_relative_to(directory.resolve()) or not kept.is_dir():
        return []
    return sorted(path for path in kept.iterdir() if path.is_file())


def _files(run: Run, claim: ClaimResult, directory: Path) -> Iterator[tuple[str, bytes]]:
    yield "README.md", render_claim(run, claim).encode()
    yield "claim.json", claim_json(claim).encode()
    for path in kept_files(claim, directory):
        yield path.name, path.read_bytes()
    logs = directory / "logs"
    for path in sorted((logs / claim.worker if claim.worker else logs).rglob("*")):
        if path.is_file():
            yield f"logs/{path.relative_to(logs)}", path.read_bytes()
