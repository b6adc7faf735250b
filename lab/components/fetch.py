"""Getting programs from an official release, checked against the sum published beside it."""

import io
import posixpath
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lab.components.disk import sha256_of, writing
from lab.components.download import Downloads, NotAvailable
from lab.components.order import Delivery, Order
from lab.components.release import Asset, assets, published_checksum
from lab.errors import ComponentError


def fetch(order: Order, downloads: Downloads) -> Iterator[Delivery]:
    """Yield what the release has; less than was wanted, or nothing, where it is not to be had.

    Raises ComponentError where what comes is not what was published.
    """
    found = assets(order.product, order.programs, order.sources)
    if not found:
        order.progress.say(f"{order.product}: its release publishes no checksum; it is built here")
    for asset in found:
        try:
            archive = _checked(asset, order, downloads)
        except NotAvailable as reason:
            order.progress.say(f"{order.product}: {reason}; it is built here instead")
            return
        with writing(order.sources.cache):
            unpacked = list(_unpacked(asset, archive, order.stage))
        yield from unpacked


def _checked(asset: Asset, order: Order, downloads: Downloads) -> Path:
    """Download one file and compare its sha256 with the published one."""
    expected = published_checksum(asset, downloads.text(asset.checksum_url))
    target = order.stage / "download"
    with order.progress.step(f"downloading {asset.url}") as beat, writing(order.sources.cache):
        downloads.save(asset.url, target, beat)
        actual = sha256_of(target)
    if actual == expected:
        return target
    raise ComponentError(
        f"downloaded {asset.url}, but its sha256 is wrong",
        output=f"published in {asset.checksum_url}: {expected}\nof what came: {actual}",
        next_step="do not use that file; see what answers in place of the release, or hand in "
        "the programs by --components DIR",
    )


def _unpacked(asset: Asset, archive: Path, stage: Path) -> Iterator[Delivery]:
    for program, member in asset.members.items():
        path = stage / program
        if member:
            _extract(asset, archive, member, path)
        else:
            archive.rename(path)
        path.chmod(0o755)
        yield Delivery(program, path, asset.url)


def _extract(asset: Asset, archive: Path, member: str, path: Path) -> None:
    """Write one member's content; its name, owner and mode in the archive are not used."""
    try:
        with tarfile.open(archive) as tar:
            names = {posixpath.normpath(entry.name): entry for entry in tar if entry.isfile()}
            content = tar.extractfile(names[member])
            # It is None for what is no file only, and there are but files among the names.
            with content or io.BytesIO() as source, path.open("wb") as file:
                shutil.copyfileobj(source, file)
    except (KeyError, EOFError, zlib.error, tarfile.TarError) as error:
        raise ComponentError(
            f"looked for {member} in {asset.url}, where it is not",
            output=str(error),
            next_step="hand in the program by --components DIR",
        ) from error
