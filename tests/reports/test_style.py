"""The colours of the page, measured as WCAG 2.2 measures contrast."""

import re
from importlib.resources import files

import pytest

TEXT_ON = {
    "--paper": ("--ink", "--quiet", "--link", "--pass", "--fail", "--stale", "--lab", "--notrun", "--known"),
    "--shade": ("--ink", "--quiet", "--link", "--pass", "--fail", "--stale", "--lab", "--notrun", "--known"),
    "--mark": ("--mark-ink",),
}
AA = 4.5


def _palettes() -> list[dict[str, str]]:
    """The colours of each `:root`: light, dark, print."""
    style = (files("reports") / "templates" / "style.css").read_text()
    roots = re.findall(r":root \{([^}]*)\}", style)
    return [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", root)) for root in roots]


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_text_can_be_read(palette: dict[str, str]) -> None:
    """Every colour of text reaches contrast AA on every ground that it stands on."""
    poor = [
        (text, ground)
        for ground, texts in TEXT_ON.items()
        for text in texts
        if _contrast(palette[text], palette[ground]) < AA
    ]
    assert not poor


def test_contrast_is_measured_right() -> None:
    """Black on white is 21, the same colour on itself 1."""
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#777777") == pytest.approx(1)
