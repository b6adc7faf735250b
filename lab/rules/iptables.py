"""The text of `iptables-save`, read into a Ruleset, and the restore that turns one into another. Pure."""

from lab.rules.ruleset import Block, Form, Ruleset, Spot


def parse(text: str) -> Ruleset:
    """The tables of a save. An entry is a rule without its `-A CHAIN`."""
    rules: dict[Spot, list[str]] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith(":"):
            rules[Spot(table, Form.CHAIN, line[1:].split()[0])] = []
        elif line.startswith("-A "):
            _, chain, rule = line.split(" ", 2)
            rules[Spot(table, Form.CHAIN, chain)].append(rule)
    return Ruleset(tuple(Block(spot, tuple(entries)) for spot, entries in rules.items()))


def script(now: Ruleset, wanted: Ruleset) -> str:
    """What `iptables-restore --noflush` must be told to turn `now` into `wanted`; one transaction for each table."""
    tables: dict[str, list[str]] = {}
    for block in wanted.blocks:
        if now.entries(block.spot) != block.entries:
            lines = tables.setdefault(block.spot.table, [])
            lines.append(f"-F {block.spot.name}")
            lines += [f"-A {block.spot.name} {rule}" for rule in block.entries]
    return "".join(
        "".join(f"{line}\n" for line in (f"*{table}", *lines, "COMMIT")) for table, lines in tables.items()
    )
