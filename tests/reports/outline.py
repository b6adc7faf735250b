"""A page as a browser takes it: elements with their attributes, headings, and text without markup."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag, and the text that stands within the element."""

    tag: str
    attributes: dict[str, str]
    ancestors: tuple["Element", ...]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element and of everything in it, with single spaces."""
        return " ".join("".join(self.words).split())


VOID = frozenset({"br", "meta", "link", "img", "input", "hr", "source"})
_CELLS, _TERMS, _ROWS = frozenset({"td", "th"}), frozenset({"dt", "dd"}), frozenset({"thead", "tbody"})
_BLOCKS = frozenset({"p", "ul", "dl", "div", "pre", "details", "table", "figure", "section"})
_ENDED_BY = {
    "li": frozenset({"li"}),
    "p": _BLOCKS,
    **dict.fromkeys(_TERMS, _TERMS),
    **dict.fromkeys(_CELLS, _CELLS | {"tr"} | _ROWS),
    "tr": frozenset({"tr"}) | _ROWS,
    **dict.fromkeys(_ROWS, _ROWS),
}
"""Elements whose end tag HTML lets one omit, and which elements end them by their start.

https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
"""


class Outline(HTMLParser):
    """Reads a page, `<use href=#x />` too. AssertionError where an element is closed that is not the innermost."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()
        assert not self._open, f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element, and closes those that it ends."""
        while self._open and tag in _ENDED_BY.get(self._open[-1].tag, ()):
            self._open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Closes the innermost element, once those within it are closed whose end tag may be omitted."""
        while self._open and self._open[-1].tag != tag and self._open[-1].tag in _ENDED_BY:
            self._open.pop()
        assert self._open, f"</{tag}> closes nothing"
        innermost = self._open.pop()
        assert innermost.tag == tag, f"</{tag}> closes <{innermost.tag}>"

    def handle_data(self, data: str) -> None:
        """Adds text to every element that is open."""
        for element in self._open:
            element.words.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of this tag that have these attributes; `class_` stands for class."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def within(self, outer: Element, tag: str) -> list[Element]:
        """The elements of this tag inside another element, however deep."""
        return [element for element in self.all(tag) if any(one is outer for one in element.ancestors)]

    def ids(self) -> list[str]:
        """Every id of the page."""
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]
