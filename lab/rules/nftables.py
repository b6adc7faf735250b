"""The text of `nft list table`, read into a Ruleset, and the transaction that turns one into another. Pure."""

import re
from collections.abc import Iterator, Sequence

from lab.rules.ruleset import Block, Form, Ruleset, Spot

TABLE = "ip kube-proxy"

_TABLE_HEAD = re.compile(r"table (?P<family>\S+) (?P<name>\S+) \{")
_BLOCK_HEAD = re.compile(r"\t(?P<form>chain|set|map) (?P<name>\S+) \{")
_NOT_RULES = re.compile(r"(?:type|comment|policy) ")
_EXPIRES = re.compile(r" expires \S+")
_REMARK = re.compile(r' comment "[^"]*"')


def parse(text: str) -> Ruleset:
    """The tables of a listing."""
    return Ruleset(tuple(_blocks(text.splitlines())))


def script(now: Ruleset, wanted: Ruleset) -> str:
    """What `nft -f` must be told to turn `now` into `wanted`, in one transaction; nothing where they are the same.

    What packets taught the kernel stays.
    """
    lines: list[str] = []
    for block in wanted.blocks:
        before, after = now.entries(block.spot), block.entries
        if block.spot.form is Form.CHAIN and before != after:
            lines.append(f"flush chain {block.spot.table} {block.spot.name}")
            lines += [f"add rule {block.spot.table} {block.spot.name} {rule}" for rule in after]
        elif block.spot.form is not Form.CHAIN and not block.learned:
            lines += _element_lines(block.spot, before, after)
    return "".join(f"{line}\n" for line in lines)


def _element_lines(spot: Spot, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    where = f"element {spot.table} {spot.name}"
    for element in before:
        if element not in after:
            yield f"delete {where} {{ {_REMARK.sub('', element)} }}"
    for element in after:
        if element not in before:
            yield f"add {where} {{ {element} }}"


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    table = ""
    numbered = iter(lines)
    for line in numbered:
        head, block = _TABLE_HEAD.match(line), _BLOCK_HEAD.match(line)
        if head:
            table = f"{head['family']} {head['name']}"
        elif block:
            spot = Spot(table, Form(block["form"]), block["name"])
            yield _block(spot, list(_body(numbered)))


def _body(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a block, up to its closing brace."""
    for line in lines:
        if line == "\t}":
            return
        yield line.strip()


def _block(spot: Spot, body: Sequence[str]) -> Block:
    if spot.form is Form.CHAIN:
        return Block(spot, tuple(line for line in body if not _NOT_RULES.match(line)))
    # A listing breaks the elements of a set over lines.
    _, _, listed = " ".join(body).partition("elements = { ")
    learned = any(line.startswith("flags ") and "dynamic" in line for line in body)
    return Block(spot, tuple(_elements(listed.removesuffix("}").strip())), learned)


def _elements(listed: str) -> Iterator[str]:
    """Elements between commas; a comma within a comment's quotes is part of the comment."""
    for element in re.findall(r'(?:[^,"]|"[^"]*")+', listed):
        yield _EXPIRES.sub("", element.strip())
