"""Markdown of text that is data: no text can leave its place. Pure."""

from collections.abc import Sequence


def text(words: str) -> str:
    """Text that no Markdown reader takes for markup, on one line."""
    flat = " ".join(words.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{mark}" if mark in "\\`*_[]|#~" else mark for mark in flat)


def code(words: str) -> str:
    """A code span. A pipe would end the cell of a table even there."""
    return f"`{words.replace('`', ' ').replace('|', chr(92) + '|')}`"


def fenced(words: str) -> str:
    """A block of text as it is, behind a fence that it cannot close."""
    fence = "```"
    while fence in words:
        fence += "`"
    return f"{fence}text\n{words.rstrip()}\n{fence}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def folded(title: str, *blocks: str) -> str:
    """Blocks that a reader opens. Without the empty lines they would be taken for HTML."""
    return "\n\n".join([f"<details><summary>{_in_html(title)}</summary>", *blocks, "</details>"])


def _in_html(words: str) -> str:
    flat = " ".join(words.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
