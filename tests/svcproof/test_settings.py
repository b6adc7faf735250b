"""Where things are kept: the suite's own variables before XDG's before the home directory."""

from pathlib import Path

import pytest

from svcproof.settings import Settings


@pytest.mark.parametrize(
    ("environ", "cache", "state"),
    [
        ({}, "/.cache/svcproof", "/.local/state/svcproof"),
        ({"HOME": "/home/me"}, "/home/me/.cache/svcproof", "/home/me/.local/state/svcproof"),
        ({"HOME": ""}, "/.cache/svcproof", "/.local/state/svcproof"),
        (
            {"HOME": "/home/me", "XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"},
            "/c/svcproof",
            "/s/svcproof",
        ),
        (
            {
                "XDG_CACHE_HOME": "/c",
                "XDG_STATE_HOME": "/s",
                "SVCPROOF_CACHE": "/mine",
                "SVCPROOF_STATE": "/own",
            },
            "/mine",
            "/own",
        ),
        (
            {"HOME": "/h", "SVCPROOF_CACHE": "", "XDG_STATE_HOME": ""},
            "/h/.cache/svcproof",
            "/h/.local/state/svcproof",
        ),
    ],
)
def test_cache_and_state(environ: dict[str, str], cache: str, state: str) -> None:
    """Variables that are empty count as not set."""
    settings = Settings.from_env(environ)
    assert (settings.cache, settings.state, settings.environ) == (Path(cache), Path(state), environ)


@pytest.mark.parametrize(("given", "expected"), [({}, None), ({"SVCPROOF_COMPONENTS": ""}, None)])
def test_no_components_of_ones_own(given: dict[str, str], expected: Path | None) -> None:
    """Without the variable, or with an empty one, there are none."""
    assert Settings.from_env(given).components is expected


def test_components_of_ones_own() -> None:
    """The variable names their directory."""
    assert Settings.from_env({"SVCPROOF_COMPONENTS": "/mine"}).components == Path("/mine")
