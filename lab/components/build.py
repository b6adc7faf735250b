"""Building programs from a wrapper module."""

import shutil
from collections.abc import Iterator

from lab.components.disk import writing
from lab.components.order import Delivery, Order
from lab.components.toolchain import Toolchain, toolchain
from lab.components.wrapper import build_flags, build_variables, prepare
from lab.errors import ComponentError


def build(order: Order) -> Iterator[Delivery]:
    """Build all programs of the order with one command. Raises ComponentError."""
    product = order.product
    go = toolchain(order.sources, order.progress)
    variables = build_variables(product, order.sources.architecture)
    if variables["CGO_ENABLED"] == "1":
        _need_compiler(order, go)
    module, results = order.stage / "module", order.stage / "built"
    with writing(order.sources.cache):
        module.mkdir()
        results.mkdir()
    # With one program the result would be named after the package, not after the program.
    target = f"{results}/{order.programs[0] if len(order.programs) == 1 else ''}"
    packages = [product.packages[program] for program in order.programs]
    what = f"building {product} ({', '.join(order.programs)}) with {go.version}"
    with order.progress.step(f"{what}, {product.build_time}") as beat:
        prepare(product, order.sources, go, module, beat)
        arguments = ["build", *build_flags(product), "-o", target, *packages]
        go.run(*arguments, directory=module, beat=beat, **variables)
    for program, package in zip(order.programs, packages, strict=True):
        yield Delivery(program, results / program, f"{package} {product.version}, {go.version}")


def _need_compiler(order: Order, go: Toolchain) -> None:
    """Raise ComponentError where the C compiler that Go would call is not there."""
    environ = order.sources.environ
    compiler = [*environ.get("CC", "").split(), "gcc"][0]
    if shutil.which(compiler, path=environ.get("PATH", "")) is None:
        raise ComponentError(
            f"wanted to build {order.product}, part of which is C, with {go.version}",
            output=f"no C compiler: {compiler} is not in PATH",
            next_step="install a C compiler (Debian: gcc and libc6-dev) or name one by CC, or hand "
            f"in {', '.join(order.programs)} by --components DIR",
        )
