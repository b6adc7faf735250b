"""Release hosts on 127.0.0.1 that answer well, wrongly, slowly or not at all."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent for one path.

    announced: the Content-Length, where it is not the true one.
    stalls: after the body the connection stays open, and nothing more comes.
    """

    body: bytes = b""
    announced: int | None = None
    stalls: bool = False


@dataclass(slots=True)
class ReleaseServer:
    """A running server. Paths that have no reply are answered with 404."""

    url: str
    ended: threading.Event = field(default_factory=threading.Event)
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, path: str, body: bytes) -> None:
        """Serve a file, and beside it its sha256."""
        self.replies[path] = Reply(body)
        self.replies[f"{path}.sha256"] = Reply(hashlib.sha256(body).hexdigest().encode())


def _handler(server: ReleaseServer) -> type[BaseHTTPRequestHandler]:
    """Return what answers for a server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            reply = server.replies.get(self.path)
            if reply is None:
                self.send_error(404)
                return
            length = len(reply.body) if reply.announced is None else reply.announced
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            # A client may have given up meanwhile; whether it should have is for the test to say.
            with suppress(ConnectionError):
                self.wfile.write(reply.body)
            if reply.stalls:
                server.ended.wait(10)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - the signature is http.server's
            """Write nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[ReleaseServer]:
    """Run a server for the time of a test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as http:
        server = ReleaseServer(f"http://127.0.0.1:{http.server_port}")
        http.RequestHandlerClass = _handler(server)
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            http.shutdown()
            thread.join()


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz with these files."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return whole.getvalue()
