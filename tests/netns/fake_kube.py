"""An API that says what the test says."""

from collections.abc import Mapping, Sequence

from lab.kube import Kube
from lab.model import Place

ANSWER = {
    "spec": {
        "clusterIP": "10.96.0.80",
        "ports": [{"name": "dns", "port": 53, "nodePort": 30_053}, {"name": "bare", "port": 54}],
    }
}


class FakeKube(Kube):
    """An API that keeps what was written and answers with what the test says."""

    def __init__(self, *answers: Sequence[object]) -> None:
        self.answers = list(answers)
        self.written: list[tuple[str, object]] = []

    def create_service(self, manifest: Mapping[str, object]) -> Mapping[str, object]:
        """Allots the same address to every Service."""
        self.written.append(("service", manifest))
        return ANSWER

    def patch_service_status(self, name: str, status: Mapping[str, object]) -> None:
        """Keeps the status."""
        self.written.append((f"status of {name}", status))

    def label_pod(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Keeps the labels."""
        self.written.append((name, dict(labels)))

    def replace_service(self, name: str, manifest: Mapping[str, object]) -> None:
        """Keeps the manifest."""
        self.written.append((f"instead of {name}", manifest))

    def patch_service(self, name: str, patch: Mapping[str, object]) -> None:
        """Keeps the patch."""
        self.written.append((f"patch of {name}", patch))

    def delete_endpoint_slices(self, service: str) -> None:
        """Keeps the name."""
        self.written.append(("no slices of", service))

    def service_names(self) -> set[str]:
        """Those that were created and not deleted."""
        created = {what[1]["metadata"]["name"] for what in self.written if what[0] == "service"}  # type: ignore[index]
        return created - {name for what, name in self.written if what == "deleted"}

    def endpoint_slices(self) -> list[object]:
        """The next answer that the test has; it must not ask for more than there are."""
        return list(self.answers.pop(0))


def slice_of(service: str, *names: Place, **conditions: bool) -> dict[str, object]:
    """An EndpointSlice as the controller writes it."""
    endpoints = [{"targetRef": {"name": pod.value}, "conditions": conditions} for pod in names]
    labels = {"kubernetes.io/service-name": service}
    return {"metadata": {"labels": labels}, "endpoints": endpoints or None}
