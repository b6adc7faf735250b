"""An API that keeps Services, slices and labels as a real one does, and can fail once, before or after a write."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any

from lab.errors import CommandFailed
from lab.kube import Kube, Manifest
from lab.model import Place

ALLOTTED = "10.96.1"


class KeptApi(Kube):
    """services: manifests by name. labels, ready: of pods.

    fails: the write that fails, in the words of its method and what it is about. at: which of those, from 0 on. taken:
    whether the write has taken effect all the same.
    """

    def __init__(self, fails: str = "", *, at: int = 0, taken: bool = False) -> None:
        self.services: dict[str, Any] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.ready: dict[str, bool] = {}
        self.deleted: list[str] = []
        self._by_hand: dict[str, Any] = {}
        self._fails, self._at, self._taken = fails, at, taken
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def create_service(self, manifest: Manifest) -> Any:  # noqa: ANN401 - the API's JSON
        """Allots an address that none had before."""
        name = manifest["metadata"]["name"]
        with self._lock:
            if name in self.services:
                raise CommandFailed(f"409: services {name!r} already exists")
            spec = {**manifest["spec"]}
            spec.setdefault("clusterIP", f"{ALLOTTED}.{self._asked.total() + 1}")
            return self._write(f"create {name}", self.services, name, {"spec": spec, "status": {}})

    def another(self) -> "KeptApi":
        """The same."""
        return self

    def close(self) -> None:
        """Has no connections."""

    def try_to_create_service(self, manifest: Manifest) -> tuple[int, Any]:
        """The answer, also to a name that is taken."""
        if manifest["metadata"]["name"] in self.services:
            return 409, {"kind": "Status", "reason": "AlreadyExists"}
        return 201, {"kind": "Service", **self.create_service(manifest)}

    def replace_service(self, name: str, manifest: Manifest) -> Any:  # noqa: ANN401 - the API's JSON
        """Keeps the status, as a PUT of a Service does."""
        with self._lock:
            changed = {"spec": manifest["spec"], "status": self._there(name)["status"]}
            return self._write(f"change {name}", self.services, name, changed)

    def patch_service_status(self, name: str, status: Manifest) -> None:
        """Keeps the status."""
        with self._lock:
            self._write(f"status {name}", self._there(name), "status", status)

    def delete_service(self, name: str) -> None:
        """Leaves slices alone."""
        with self._lock:
            self._there(name)
            self._write(f"delete {name}", self.services, name, None)
            self.deleted.append(name)

    def service_names(self) -> set[str]:
        """Of those that are there."""
        return set(self.services)

    def label_pod(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Sets or takes labels."""
        with self._lock:
            kept = {**self.labels.get(name, {}), **labels}
            now = {key: value for key, value in kept.items() if value is not None}
            self._write(f"label {name}", self.labels, name, now)

    def patch_pod_status(self, name: str, status: Manifest) -> None:
        """Keeps whether it is ready."""
        with self._lock:
            self.ready[name] = status["conditions"][0]["status"] == "True"

    def create_endpoint_slice(self, manifest: Manifest) -> None:
        """Keeps a slice."""
        with self._lock:
            name = manifest["metadata"]["name"]
            self._write(f"slice {name}", self._by_hand, name, manifest)

    def delete_endpoint_slices(self, service: str) -> None:
        """The controller's come and go with their Service."""
        with self._lock:
            self._write(f"no slices {service}", self._by_hand, service, None)

    def endpoint_slices(self) -> list[Any]:
        """Those by hand, and what the controller makes of selectors."""
        with self._lock:
            selecting = [(name, each["spec"]) for name, each in self.services.items()]
            selected = [self._slice(name, spec) for name, spec in selecting if spec.get("selector")]
            return [*self._by_hand.values(), *selected]

    def _slice(self, name: str, spec: Manifest) -> Manifest:
        [key] = spec["selector"]
        endpoints = [
            {
                "targetRef": {"name": pod},
                "conditions": {"serving": self.ready.get(pod, True), "terminating": False},
            }
            for pod in map(str, Place)
            if key in self.labels.get(pod, {})
        ]
        ports = [{"name": port["name"], "port": port["targetPort"]} for port in spec["ports"]]
        labels = {"kubernetes.io/service-name": name}
        return {"metadata": {"labels": labels}, "endpoints": endpoints, "ports": ports}

    def _there(self, name: str) -> Any:  # noqa: ANN401 - the API's JSON
        if name not in self.services:
            raise CommandFailed(f"404: services {name!r} not found")
        return self.services[name]

    def _write(self, what: str, kept: dict[str, Any], name: str, value: object) -> Any:  # noqa: ANN401
        fails = what == self._fails and self._asked[what] == self._at
        self._asked[what] += 1
        if not fails or self._taken:
            if value is None:
                kept.pop(name, None)
            else:
                kept[name] = value
        if fails:
            raise CommandFailed(f"the API did not answer: {what}", output="timed out")
        return value
