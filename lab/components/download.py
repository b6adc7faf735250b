"""Fetching files by HTTP, with two kinds of failure: not to be had here, and wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from lab.components.progress import Beat
from lab.errors import ComponentError

_CHUNK = 1 << 18
_MEGABYTE = 1_000_000


class NotAvailable(Exception):
    """An origin cannot give the file."""


class Downloads:
    """The downloads of one run. A host that could not be reached is not asked again."""

    def __init__(self, environ: Mapping[str, str], *, connect_seconds: float, stall_seconds: float) -> None:
        self._environ = environ
        self._connect_seconds = connect_seconds
        self._stall_seconds = stall_seconds
        self._unreachable: dict[str, str] = {}

    def text(self, url: str) -> str:
        """Return a small text file. Raises NotAvailable, or ComponentError where it is cut off."""
        with self._open(url) as response:
            return b"".join(self._body(url, response)).decode(errors="replace")

    def save(self, url: str, target: Path, beat: Beat) -> None:
        """Write a file. Raises NotAvailable, ComponentError where it is cut off, and OSError."""
        with self._open(url) as response, target.open("wb") as file:
            self._copy(url, response, file, beat)

    def _copy(self, url: str, response: HTTPResponse, file: IO[bytes], beat: Beat) -> None:
        done = 0
        for chunk in self._body(url, response):
            file.write(chunk)
            done += len(chunk)
            beat(f"{done // _MEGABYTE} MB")

    @contextmanager
    def _open(self, url: str) -> Iterator[HTTPResponse]:
        host = urlsplit(url).netloc
        if host in self._unreachable:
            raise NotAvailable(self._unreachable[host])
        try:
            response = self._opener(host).open(Request(url), timeout=self._connect_seconds)  # noqa: S310 - ours, http or https
        except HTTPError as error:
            error.close()
            raise NotAvailable(f"{url} answers {error.code} {error.reason}") from error
        except (HTTPException, OSError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise self._give_up(host, f"{host} cannot be reached ({reason})") from error
        with response:
            yield response

    def _body(self, url: str, response: HTTPResponse) -> Iterator[bytes]:
        """Yield what comes; complain where less comes than was announced."""
        expected, done = response.headers["Content-Length"], 0
        try:
            while chunk := response.read1(_CHUNK):
                done += len(chunk)
                yield chunk
        except TimeoutError as error:
            host = urlsplit(url).netloc
            text = f"{host} sent nothing for {self._stall_seconds:.0f} s, {done} bytes into {url}"
            raise self._give_up(host, text) from error
        except (HTTPException, ConnectionError) as error:
            raise _cut_off(url, f"{done} bytes, then: {error}") from error
        if expected is not None and done != int(expected):
            raise _cut_off(url, f"{done} bytes of {expected}")

    def _give_up(self, host: str, reason: str) -> NotAvailable:
        self._unreachable[host] = reason
        return NotAvailable(reason)

    def _opener(self, host: str) -> OpenerDirector:
        """Return an opener that takes its proxies from the given environment, not from ours."""
        environ = {name.lower(): value for name, value in self._environ.items()}
        direct = _is_direct(host.partition(":")[0], environ.get("no_proxy", ""))
        names = () if direct else ("http", "https")
        proxies = {name: environ[f"{name}_proxy"] for name in names if f"{name}_proxy" in environ}
        stall = self._stall_seconds
        return build_opener(ProxyHandler(proxies), _Http(stall), _Https(stall))


def _is_direct(host: str, no_proxy: str) -> bool:
    """Say whether a list like "localhost,.example.org" excepts a host from the proxies."""
    names = [name.strip().lstrip(".") for name in no_proxy.split(",") if name.strip()]
    return any(name == "*" or f".{host}".endswith(f".{name}") for name in names)


def _cut_off(url: str, output: str) -> ComponentError:
    return ComponentError(
        f"downloaded {url}, but it was cut off",
        output=output,
        next_step="try again; nothing was kept",
    )


class _Http(HTTPHandler):
    def __init__(self, stall_seconds: float) -> None:
        super().__init__()
        self._stall_seconds = stall_seconds

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_Patient, stall_seconds=self._stall_seconds), req)


class _Https(HTTPSHandler):
    def __init__(self, stall_seconds: float) -> None:
        super().__init__()
        self._stall_seconds = stall_seconds

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_PatientTls, stall_seconds=self._stall_seconds), req)


class _Patient(HTTPConnection):
    """A connection that has more patience once it stands."""

    def __init__(self, host: str, *, timeout: float, stall_seconds: float) -> None:
        super().__init__(host, timeout=timeout)
        self._stall_seconds = stall_seconds

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._stall_seconds)


class _PatientTls(HTTPSConnection):
    """The same, encrypted and with the host's certificate checked."""

    def __init__(self, host: str, *, timeout: float, stall_seconds: float) -> None:
        super().__init__(host, timeout=timeout)
        self._stall_seconds = stall_seconds

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._stall_seconds)
