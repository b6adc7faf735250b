"""Every rule of a node with its chain and handle, for reading only: from `nft -a list ruleset` and `iptables-save`.

nft sees the rules of iptables too, where that is iptables-nft, but not all of their matches. So a rule of iptables
is shown in the words of iptables-save, and gets its handle by its place in the chain. Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lab.api import Rule
from lab.rules import iptables
from lab.rules.ruleset import Form

_TABLE = re.compile(r"table (?P<family>\S+) (?P<name>\S+) \{")
_BLOCK = re.compile(r"\t(?P<form>chain|set|map) (?P<name>\S+) \{")
_HANDLE = re.compile(r" # handle (?P<handle>\d+)$")
_COUNTER = re.compile(r"counter packets \d+ bytes \d+ ?")
_NOT_RULES = re.compile(r"(?:type|comment|policy|flags|elements) ")
_OF_ONE = re.compile(r"KUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}$")
_ELEMENT = re.compile(r'(?:[^,"]|"[^"]*")+')


def rules(nft: str, saved: str) -> tuple[Rule, ...]:
    """Every rule, and every element of a set or map. nft, saved: the two listings; either may be empty."""
    listed = tuple(_of_nft(nft.splitlines()))
    words = {
        (f"ip {block.spot.table}", block.spot.name): block.entries
        for block in iptables.parse(saved).blocks
        if block.spot.form is Form.CHAIN
    }
    seen = {(rule.table, rule.chain) for rule in listed}
    unseen = [Rule(*chain, 0, text) for chain, texts in words.items() if chain not in seen for text in texts]
    return (*_in_words(listed, words), *unseen)


def of_service(found: Sequence[Rule], service: str) -> tuple[Rule, ...]:
    """The rules that name a Service (`namespace/name`), in their chain's name or in their text.

    In iptables mode a chain of one Service is named by a hash, and some of its rules bear no comment: they are the
    Service's as its others are.
    """
    named = re.compile(rf"(?:^|[^\w.-]|-){re.escape(service)}(?:$|[^\w.-])")

    def names(text: str) -> bool:
        # Most texts do not have it at all, which is told sooner than by an expression.
        return service in text and named.search(text) is not None

    own = {(rule.table, rule.chain) for rule in found if names(rule.text) and _OF_ONE.match(rule.chain)}
    return tuple(
        rule for rule in found if (rule.table, rule.chain) in own or names(rule.chain) or names(rule.text)
    )


def _in_words(listed: Sequence[Rule], words: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[Rule]:
    """The rules of iptables in its own words, where nft lists as many of the chain."""
    counts: dict[tuple[str, str], int] = {}
    for rule in listed:
        counts[rule.table, rule.chain] = counts.get((rule.table, rule.chain), 0) + 1
    at: dict[tuple[str, str], int] = {}
    for rule in listed:
        chain = (rule.table, rule.chain)
        own = words.get(chain, ())
        if len(own) == counts[chain]:
            yield replace(rule, text=own[at.get(chain, 0)])
        else:
            yield rule
        at[chain] = at.get(chain, 0) + 1


def _of_nft(lines: Sequence[str]) -> Iterator[Rule]:
    table = ""
    numbered = iter(lines)
    for line in numbered:
        head, block = _TABLE.match(line), _BLOCK.match(line)
        if head:
            table = f"{head['family']} {head['name']}"
        elif block:
            body = list(_body(numbered))
            made = _chain(body) if block["form"] == Form.CHAIN else _elements(body)
            for handle, text in made:
                yield Rule(table, block["name"], handle, text)


def _body(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == "\t}":
            return
        yield line.strip()


def _chain(body: Sequence[str]) -> Iterator[tuple[int, str]]:
    for line in body:
        handle = _HANDLE.search(line)
        if handle and not _NOT_RULES.match(line):
            yield int(handle["handle"]), " ".join(_COUNTER.sub("", line[: handle.start()]).split())


def _elements(body: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The elements of a set or map; a listing breaks them over lines."""
    _, _, listed = " ".join(body).partition("elements = { ")
    for element in _ELEMENT.findall(listed.rpartition("}")[0]):
        if element.strip():
            yield 0, element.strip()
