"""`svcproof dump`: what a place's kernel holds, each rule marked with the Service that it serves."""

import os
import re
import subprocess
from typing import TextIO

from lab.capsule import linux
from lab.capsule.init import capsule_environment
from svcproof.entered import enter_capsule, namespace_of
from svcproof.labs import LabEntry

_SECTIONS = (
    ("addresses", ("ip", "-brief", "address")),
    ("routes", ("ip", "route", "show", "table", "all")),
    ("neighbours", ("ip", "neighbour")),
    ("nftables", ("nft", "list", "ruleset")),
    ("iptables", ("iptables-save",)),
    ("conntrack", ("cat", "/proc/net/nf_conntrack")),
)
_CHAIN = re.compile(r"\bKUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}\b")
_COMMENT = re.compile(r'--comment "(\S+?/\S+?)(?: |")')
_NFT_CHAIN = re.compile(r"\b(?:service|local|external|firewall|endpoint|affinity)-[A-Z2-7]{8}-(\S+?/\S+?)/")


def dump(entry: LabEntry, place: str, out: TextIO) -> int:
    """Prints every section of a place. A tool that is missing or refuses is said in its section."""
    enter_capsule(entry)
    linux.enter_network_namespace(namespace_of(entry, place))
    environ = capsule_environment(os.environ)
    for title, argv in _SECTIONS:
        try:
            done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environ)
            text = done.stdout or done.stderr
        except FileNotFoundError:
            text = f"{argv[0]} is not installed\n"
        out.write(f"== {place}: {title} ({' '.join(argv)})\n{marked(text)}\n")
    return 0


def marked(rules: str) -> str:
    """Rules with `  # namespace/service` behind those that name a chain of a Service but not the Service. Pure."""
    owners: dict[str, str] = {}
    for line in rules.splitlines():
        comment, chain = _COMMENT.search(line), _CHAIN.search(line)
        if comment and chain:
            owners.setdefault(chain.group(), comment.group(1))
    return "\n".join(_mark(line, owners) for line in rules.splitlines())


def _mark(line: str, owners: dict[str, str]) -> str:
    if _COMMENT.search(line):
        return line
    chain = _CHAIN.search(line)
    if chain and chain.group() in owners:
        return f"{line}  # {owners[chain.group()]}"
    nft = _NFT_CHAIN.search(line)
    return f"{line}  # {nft.group(1)}" if nft else line
