"""A registry on 127.0.0.1 that speaks as much of the distribution API as it takes to get an image.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
"""

import hashlib
import json
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import compress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.components.image_stand_ins import Layer, layer_of

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


@dataclass(slots=True)
class Registry:
    """Images by name and tag. host: with its port. refusal: a status in place of every manifest; 0 for none."""

    host: str
    refusal: int = 0
    blobs: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def publish(self, name: str, tag: str, layer: Layer) -> str:
        """Has an image for this machine; the digest of its index."""
        tar = layer_of(layer)
        system = {"architecture": _ARCHITECTURE, "os": "linux"}
        rootfs = {"type": "layers", "diff_ids": [_digest(tar)]}
        config = json.dumps({**system, "rootfs": rootfs, "config": {}}).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self._blob(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [self._blob(compress(tar), "application/vnd.oci.image.layer.v1.tar+gzip")],
        }
        listed = self._blob(json.dumps(manifest).encode(), _MANIFEST)
        index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [{**listed, "platform": system}]}
        digest = str(self._blob(json.dumps(index).encode(), _INDEX)["digest"])
        self.tags[f"/v2/{name}/manifests/{tag}"] = digest
        return digest

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body of what is asked for."""
        if path == "/v2/":
            return 200, b"{}"
        if self.refusal:
            return self.refusal, b""
        found = self.blobs.get(self.tags.get(path, path.rpartition("/")[2]))
        return (404, b"") if found is None else (200, found)

    def _blob(self, content: bytes, kind: str) -> dict[str, object]:
        self.blobs[_digest(content)] = content
        return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


@contextmanager
def serving_images() -> Iterator[Registry]:
    """Run a registry for the time of a test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = registry.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if "/manifests/" in self.path and body:
                self.send_header("Content-Type", json.loads(body)["mediaType"])
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - the signature is http.server's
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        registry = Registry(f"127.0.0.1:{http.server_port}")
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield registry
        finally:
            http.shutdown()
            thread.join()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
