"""Files are found in an image as a container would find them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.components.saved_image import extract
from lab.errors import ComponentError
from tests.components.image_stand_ins import Layer, Link, saved_image


def found(tmp_path: Path, path: str, layers: Sequence[Layer], *, packed: bool = False) -> str:
    """What a path of an image holds."""
    archive, target = tmp_path / "image.tar", tmp_path / "out"
    archive.write_bytes(saved_image(layers, packed=packed))
    extract(archive, {path: target})
    return target.read_text()


@pytest.mark.parametrize(
    ("path", "layers"),
    [
        pytest.param("bin/it", [{"bin/it": "it"}], id="plain"),
        pytest.param("bin/it", [{"./bin/it": "it"}], id="with a dot before it"),
        pytest.param("bin/it", [{"bin": Link("usr/bin"), "usr/bin/it": "it"}], id="in a linked directory"),
        pytest.param("bin/it", [{"bin": Link("/usr/bin"), "usr/bin/it": "it"}], id="linked from the root"),
        pytest.param("opt/b", [{"opt/a": "it", "opt/b": Link("./a")}], id="a link to its neighbour"),
        pytest.param("opt/b", [{"opt/a": "it", "opt/b": Link("opt/a", hard=True)}], id="a hard link"),
        pytest.param("opt/x/b", [{"a": "it", "opt/x/b": Link("../../a")}], id="a link upwards"),
        pytest.param("it", [{"it": "old"}, {"it": "it"}], id="the upper layer counts"),
        pytest.param("opt/b", [{"opt/b": Link("a")}, {"opt/a": "it"}], id="a link into another layer"),
        pytest.param(
            "d/it", [{"d/it": "old"}, {"d/.wh..wh..opq": "", "d/it": "it"}], id="emptied, then filled"
        ),
        pytest.param("d/it", [{"d/it": "it", "d/b": ""}, {"d/.wh.b": ""}], id="its neighbour removed"),
        pytest.param("d-e/it", [{"d/a": "", "d-e/it": "it"}, {".wh.d": ""}], id="another directory removed"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_found(tmp_path: Path, path: str, layers: Sequence[Layer], *, packed: bool) -> None:
    """Through links and layers, packed or not."""
    assert found(tmp_path, path, layers, packed=packed) == "it"


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        pytest.param([{"other": "it"}], "d/it is not in it", id="absent"),
        pytest.param([{"d/it": "it"}, {"d/.wh.it": ""}], "d/it is not in it", id="removed"),
        pytest.param([{"d/it": "it"}, {".wh.d": ""}], "d/it is not in it", id="removed with its directory"),
        pytest.param([{"d/it": "it"}, {"d/.wh..wh..opq": ""}], "d/it is not in it", id="emptied"),
        pytest.param([{"d/it": Link("gone")}], "d/it is not in it", id="a dangling link"),
        pytest.param([{"d/it": Link("it")}], "link to itself", id="a link to itself"),
        pytest.param([{"d": Link("d")}], "link to itself", id="a directory linked to itself"),
    ],
)
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, layers: Sequence[Layer], says: str) -> None:
    """It names the path."""
    with pytest.raises(ComponentError, match="looked for d/it in the image saved as") as error:
        found(tmp_path, "d/it", layers)
    assert says in error.value.output
    assert error.value.next_step


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>please log in</html>", id="another file"),
        pytest.param(saved_image([{"it": "it"}])[:600], id="cut off"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_is_no_image_is_an_error(tmp_path: Path, content: bytes) -> None:
    """In words, not as a traceback."""
    archive = tmp_path / "image.tar"
    archive.write_bytes(content)
    with pytest.raises(ComponentError, match="looked for it in the image"):
        extract(archive, {"it": tmp_path / "out"})
