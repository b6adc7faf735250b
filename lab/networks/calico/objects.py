"""Calico's objects in the API: its CRDs and the pool of pod addresses."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from lab.errors import CommandFailed
from lab.kube import Kube, Manifest
from lab.networks.calico.addressing import BLOCK_PREFIX, POOL
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_POOLS = "/apis/crd.projectcalico.org/v1/ippools"


def definitions(files: tuple[Path, ...]) -> Iterator[Manifest]:
    """The custom resource definitions in these files, whatever else stands there."""
    for file in files:
        for document in yaml.safe_load_all(file.read_text()):
            if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
                yield document


def pool(encapsulation: Encapsulation) -> Manifest:
    """The IPPool of all pods (https://docs.tigera.io/calico/latest/reference/resources/ippool)."""
    return {
        "apiVersion": "crd.projectcalico.org/v1",
        "kind": "IPPool",
        "metadata": {"name": "default-ipv4-ippool"},
        "spec": {
            "cidr": str(POOL),
            "blockSize": BLOCK_PREFIX,
            "ipipMode": "Always" if encapsulation is Encapsulation.IPIP else "Never",
            "vxlanMode": "Always" if encapsulation is Encapsulation.VXLAN else "Never",
            "natOutgoing": True,
            "nodeSelector": "all()",
            "allowedUses": ["Workload", "Tunnel"],
        },
    }


def create(kube: Kube, files: tuple[Path, ...], encapsulation: Encapsulation) -> None:
    """Makes the definitions and the pool; returns when the API has both."""
    for definition in definitions(files):
        kube.request("POST", _DEFINITIONS, definition)

    def served() -> bool | None:
        try:
            kube.request("GET", _POOLS)
        except CommandFailed:
            return None
        return True

    wait_until("the API serves Calico's IPPools", Limit.API_READY, served)
    kube.request("POST", _POOLS, pool(encapsulation))
