"""The one place that reads the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. cache: of components; state: of labs that are up; components: the user's own."""

    cache: Path
    state: Path
    components: Path | None
    environ: Mapping[str, str]

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads SVCPROOF_CACHE, SVCPROOF_STATE, SVCPROOF_COMPONENTS and the XDG directories behind them."""
        home = Path(environ.get("HOME") or "/")
        cache = environ.get("XDG_CACHE_HOME") or home / ".cache"
        state = environ.get("XDG_STATE_HOME") or home / ".local" / "state"
        components = environ.get("SVCPROOF_COMPONENTS")
        return cls(
            cache=Path(environ.get("SVCPROOF_CACHE") or Path(cache) / "svcproof"),
            state=Path(environ.get("SVCPROOF_STATE") or Path(state) / "svcproof"),
            components=Path(components) if components else None,
            environ=environ,
        )
