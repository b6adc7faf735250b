"""The only importer of the kubernetes client. Manifests and answers are dictionaries, in the API's own words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3
import yaml
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException

from lab.errors import CommandFailed, NotThere

Manifest = Mapping[str, Any]

_CORE = "/api/v1"
_NAMESPACE = f"{_CORE}/namespaces/default"
_SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
_MERGE = "application/merge-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"
_POOL = 16


class Kube:
    """One kube-apiserver, spoken to with a token. authority: the certificate that it must prove itself by."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        configuration = Configuration(host=url)
        configuration.ssl_ca_cert = str(authority)
        configuration.retries = False
        configuration.connection_pool_maxsize = _POOL
        self._client = ApiClient(configuration)
        self._url = url
        self._token = token
        self._authority = authority
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._others: list[Kube] = []

    def another(self) -> "Kube":
        """A client with connections of its own, for use in another place. It is closed with this one."""
        self._others.append(Kube(self._url, self._token, self._authority))
        return self._others[-1]

    def close(self) -> None:
        """Closes the connections."""
        for other in self._others:
            other.close()
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        body: Manifest | None = None,
        content_type: str = "application/json",
    ) -> Any:  # noqa: ANN401 - the API's JSON
        """One request; the decoded answer. CommandFailed when the API refuses it, with the API's own message.

        NotThere where it has no such object.
        """
        try:
            answer = self._client.request(
                method,
                self._url + path,
                headers={**self._headers, "Content-Type": content_type},
                body=body,
                _request_timeout=30,
            )
        except ApiException as error:
            kind = NotThere if error.status == HTTPStatus.NOT_FOUND else CommandFailed
            raise kind(f"the API refused {method} {path}", output=_message(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise CommandFailed(f"the API did not answer {method} {path}", output=str(error)) from error
        return json.loads(answer.data)

    def is_ready(self) -> bool:
        """Whether /readyz says so. False while nothing answers."""
        try:
            self._client.request("GET", f"{self._url}/readyz", headers=self._headers, _request_timeout=2)
        except (ApiException, urllib3.exceptions.HTTPError):
            return False
        return True

    def create_node(self, manifest: Manifest) -> None:
        """Creates a Node, status included."""
        self.request("POST", f"{_CORE}/nodes", manifest)

    def label_node(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Sets labels of a Node; None takes one away."""
        self.request("PATCH", f"{_CORE}/nodes/{name}", {"metadata": {"labels": labels}}, _MERGE)

    def taint_node(self, name: str, taints: Sequence[Manifest]) -> None:
        """Gives a Node exactly these taints."""
        self.request("PATCH", f"{_CORE}/nodes/{name}", {"spec": {"taints": list(taints) or None}}, _MERGE)

    def create_pod(self, manifest: Manifest) -> None:
        """Creates a Pod. Its status is set apart, as a kubelet does."""
        self.request("POST", f"{_NAMESPACE}/pods", manifest)

    def patch_pod_status(self, name: str, status: Manifest) -> None:
        """What a kubelet reports of a Pod."""
        self.request("PATCH", f"{_NAMESPACE}/pods/{name}/status", {"status": status}, _STRATEGIC)

    def label_pod(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Sets labels of a Pod; None takes one away."""
        self.request("PATCH", f"{_NAMESPACE}/pods/{name}", {"metadata": {"labels": labels}}, _MERGE)

    def delete_pod(self, name: str, grace_seconds: int) -> None:
        """Deletes a Pod: with a grace it is terminating from now on, with 0 it is gone."""
        self.request(
            "DELETE",
            f"{_NAMESPACE}/pods/{name}",
            {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace_seconds},
        )

    def create_service(self, manifest: Manifest) -> Any:  # noqa: ANN401 - the API's JSON
        """Creates a Service; the answer bears what the API allotted."""
        return self.request("POST", f"{_NAMESPACE}/services", manifest)

    def try_to_create_service(self, manifest: Manifest) -> tuple[int, Any]:
        """Asks for a Service; the status and the answer, also where the API refuses."""
        headers = {**self._headers, "Content-Type": "application/json"}
        url = f"{self._url}{_NAMESPACE}/services"
        try:
            answer = self._client.request("POST", url, headers=headers, body=manifest, _request_timeout=30)
        except ApiException as error:
            return int(error.status), json.loads(error.body)
        except urllib3.exceptions.HTTPError as error:
            raise CommandFailed("the API did not answer POST services", output=str(error)) from error
        return answer.status, json.loads(answer.data)

    def replace_service(self, name: str, manifest: Manifest) -> Any:  # noqa: ANN401 - the API's JSON
        """Changes a Service into what the manifest says; what the API allotted stays where it may."""
        return self.request("PUT", f"{_NAMESPACE}/services/{name}", manifest)

    def patch_service(self, name: str, patch: Manifest) -> Any:  # noqa: ANN401 - the API's JSON
        """Changes a Service by a merge patch."""
        return self.request("PATCH", f"{_NAMESPACE}/services/{name}", patch, _MERGE)

    def patch_service_status(self, name: str, status: Manifest) -> None:
        """What a cloud's controller reports of a Service."""
        self.request("PATCH", f"{_NAMESPACE}/services/{name}/status", {"status": status}, _MERGE)

    def delete_service(self, name: str) -> None:
        """Deletes a Service. Its slices stay, for the garbage collector."""
        self.request("DELETE", f"{_NAMESPACE}/services/{name}")

    def delete_endpoint_slices(self, service: str) -> None:
        """Deletes every EndpointSlice of a Service."""
        self.request("DELETE", f"{_SLICES}?labelSelector=kubernetes.io/service-name={service}")

    def endpoint_slices(self) -> list[Any]:
        """Every EndpointSlice of the namespace."""
        items: list[Any] = self.request("GET", _SLICES)["items"]
        return items

    def every_service(self) -> list[Any]:
        """Every Service of the namespace, with its status."""
        items: list[Any] = self.request("GET", f"{_NAMESPACE}/services")["items"]
        return items

    def service_names(self) -> set[str]:
        """The name of every Service of the namespace."""
        return {item["metadata"]["name"] for item in self.every_service()}

    def create_endpoint_slice(self, manifest: Manifest) -> None:
        """Creates an EndpointSlice by hand, for a Service without selector."""
        self.request("POST", _SLICES, manifest)

    def patch_endpoint_slice(self, name: str, patch: Manifest) -> None:
        """Changes an EndpointSlice by a merge patch."""
        self.request("PATCH", f"{_SLICES}/{name}", patch, _MERGE)

    def service_cidrs(self) -> list[Any]:
        """Every ServiceCIDR, with its conditions."""
        items: list[Any] = self.request("GET", "/apis/networking.k8s.io/v1/servicecidrs")["items"]
        return items


_Dumper = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper
"""The same words either way; that of libyaml takes a tenth of the time."""

_OF_THE_API = frozenset(
    {
        "creationTimestamp",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "uid",
    }
)


def as_yaml(manifests: Iterable[Manifest]) -> str:
    """Manifests as one YAML stream, without what the API keeps for itself. Pure."""
    first = ("apiVersion", "kind", "metadata")
    plain = (_plain(each) for each in manifests)
    ordered = ({name: each[name] for name in sorted(each, key=lambda it: it not in first)} for each in plain)
    return str(yaml.dump_all(ordered, Dumper=_Dumper, sort_keys=False))


def _plain(value: Any) -> Any:  # noqa: ANN401 - the API's JSON
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items() if name not in _OF_THE_API}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _message(error: ApiException) -> str:
    """The API's own words, without headers."""
    try:
        return f"{error.status}: {json.loads(error.body)['message']}"
    except (TypeError, ValueError, KeyError):
        return f"{error.status}: {error.reason}"
