"""The wrapper modules: which exact versions of which modules a build takes."""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.components.disk import writing
from lab.components.products import KUBERNETES_VERSION, Product
from lab.components.progress import Beat
from lab.components.sources import Sources
from lab.components.toolchain import Toolchain
from lab.errors import ComponentError

_FILES = ("go.mod", "go.sum")
_KUBERNETES = "k8s.io/kubernetes"


def is_pinned(product: Product) -> bool:
    """Say whether go.mod and go.sum of this very version are committed."""
    return product.name != "kubernetes" or product.version == KUBERNETES_VERSION


def build_flags(product: Product) -> Sequence[str]:
    """Return the flags of `go build`; only another Kubernetes resolves modules as it builds."""
    mode = "-mod=readonly" if is_pinned(product) else "-mod=mod"
    return (mode, "-trimpath", "-buildvcs=false", "-ldflags", product.linker_flags())


def build_variables(product: Product, architecture: str) -> Mapping[str, str]:
    """Return the variables of `go build`."""
    return {"CGO_ENABLED": str(int(architecture in product.cgo)), "GOARCH": architecture}


def digest(product: Product, sources: Sources) -> str:
    """Return 12 hexadecimal digits that change with all that a build is made from."""
    variables = build_variables(product, sources.architecture)
    parts = [*build_flags(product), *sorted(f"{name}={value}" for name, value in variables.items())]
    whole = hashlib.sha256("\n".join(parts).encode())
    for name in _FILES:
        whole.update((sources.modules / product.name / name).read_bytes())
    return whole.hexdigest()[:12]


def prepare(product: Product, sources: Sources, toolchain: Toolchain, target: Path, beat: Beat) -> None:
    """Write go.mod and go.sum of the wrapper module into an empty directory."""
    if is_pinned(product):
        with writing(sources.cache):
            for name in _FILES:
                shutil.copyfile(sources.modules / product.name / name, target / name)
        return
    module = f"{_KUBERNETES}@v{product.version}"
    try:
        toolchain.run("mod", "download", module, directory=target, beat=beat)
    except ComponentError as error:
        raise ComponentError(
            f"looked for the Go module of Kubernetes {product.version}, but could not get it",
            command=error.command,
            output=error.output,
            next_step="see that there is such a version, and that the Go module proxy has it",
        ) from error
    format_ = "{{.GoMod}}"
    listed = toolchain.run("list", "-m", "-f", format_, module, directory=target, beat=beat)
    upstream = Path(listed.output.splitlines()[-1]).read_text()
    with writing(sources.cache):
        (target / "go.mod").write_text(wrapper_of(upstream, product.version))


def wrapper_of(upstream: str, version: str) -> str:
    """Return the go.mod of a wrapper for another Kubernetes.

    upstream: the go.mod of that Kubernetes, whose own parts it names as v0.0.0: they are
    published as 0.Y.Z beside 1.Y.Z.
    """
    parts = sorted(set(re.findall(r"^\s*(k8s\.io/[\w-]+) v0\.0\.0$", upstream, re.MULTILINE)))
    settings = re.findall(r"^(?:go|godebug) .+$", upstream, re.MULTILINE)
    staged = "v0." + version.split(".", 1)[1]
    lines = [
        "module svcproof.invalid/components/kubernetes",
        *settings,
        f"require {_KUBERNETES} v{version}",
        *(f"replace {part} => {part} {staged}" for part in parts),
    ]
    return "\n".join(lines) + "\n"
