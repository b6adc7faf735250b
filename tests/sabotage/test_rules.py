"""Listings of both modes: what is read from them, and that a change and its way back are exact."""

import pytest

from lab.profiles import ProxyMode
from lab.rules import iptables, nftables
from lab.rules.ruleset import Form, Ruleset, Spot
from svcproof.sabotage.fault import broken
from tests.sabotage.recorded_rules import MODES, entries, faults, listing, rules

_TABLE = "ip kube-proxy"


def test_chains_and_rules_of_nftables() -> None:
    """A chain has its rules in order, without its type, its policy and its comment."""
    spot = Spot(_TABLE, Form.CHAIN, "filter-input")
    assert rules(ProxyMode.NFTABLES).entries(spot) == (
        "ct state new jump nodeport-endpoints-check",
        "ct state new jump service-endpoints-check",
    )
    assert rules(ProxyMode.NFTABLES).entries(Spot(_TABLE, Form.CHAIN, "reject-chain")) == ("reject",)


def test_elements_that_are_broken_over_lines() -> None:
    """The elements of a map are whole, wherever the listing broke its lines."""
    found = rules(ProxyMode.NFTABLES).entries(Spot(_TABLE, Form.MAP, "service-ips"))
    assert len(found) == listing(ProxyMode.NFTABLES).count(": goto service-") + 1
    assert all(" : goto " in element for element in found)


def test_what_packets_taught_is_known_for_it() -> None:
    """A dynamic set is learned: its elements lose their expiry, and nobody wrote them."""
    [learned] = [block for block in rules(ProxyMode.NFTABLES).blocks if block.learned and block.entries]
    assert learned.entries == ("10.244.1.3",)
    assert learned.spot not in {spot for spot, _ in rules(ProxyMode.NFTABLES).written()}


def test_chains_and_rules_of_iptables() -> None:
    """A chain of a table has its rules in order, also where another table has one of the same name."""
    found = rules(ProxyMode.IPTABLES)
    assert found.entries(Spot("nat", Form.CHAIN, "KUBE-MARK-MASQ")) == ("-j MARK --set-xmark 0x4000/0x4000",)
    assert found.entries(Spot("nat", Form.CHAIN, "OUTPUT")) != found.entries(
        Spot("filter", Form.CHAIN, "OUTPUT")
    )


def test_no_rule_is_lost() -> None:
    """Every rule of a save is read."""
    found = rules(ProxyMode.IPTABLES)
    saved = [line for line in listing(ProxyMode.IPTABLES).splitlines() if line.startswith("-A ")]
    read = [f"-A {spot.name} {rule}" for spot, rule in found.written()]
    assert sorted(read) == sorted(saved)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_to_do_is_nothing_said(mode: ProxyMode) -> None:
    """Between equal rules there is no transaction."""
    script = nftables.script if mode is ProxyMode.NFTABLES else iptables.script
    assert not script(rules(mode), rules(mode))


@pytest.mark.parametrize("mode", MODES)
def test_every_fault_can_be_mended(mode: ProxyMode) -> None:
    """What a fault's script does, the script of its way back undoes, for every fault there is."""
    sound = rules(mode)
    for fault in faults(mode):
        bad = broken(sound, fault)
        assert not bad.same_as(sound), fault.name
        assert _replayed(mode, sound, bad).same_as(bad), fault.name
        assert _replayed(mode, bad, sound).same_as(sound), fault.name


def test_rules_in_another_order_differ_and_elements_do_not() -> None:
    """The order of rules matters, that of elements does not."""
    sound = rules(ProxyMode.NFTABLES)
    turned = Ruleset(
        tuple(type(block)(block.spot, block.entries[::-1], block.learned) for block in sound.blocks)
    )
    sets = Ruleset(tuple(block for block in turned.blocks if block.spot.form is not Form.CHAIN))
    assert not turned.same_as(sound)
    assert sets.same_as(Ruleset(tuple(block for block in sound.blocks if block.spot.form is not Form.CHAIN)))


def test_an_entry_that_is_not_there_cannot_be_replaced() -> None:
    """A fault can only be made where its entry stands."""
    with pytest.raises(ValueError, match="no entry"):
        rules(ProxyMode.NFTABLES).replaced(Spot(_TABLE, Form.CHAIN, "reject-chain"), "accept", ())


def _replayed(mode: ProxyMode, now: Ruleset, wanted: Ruleset) -> Ruleset:
    """What the kernel holds after the script that leads from `now` to `wanted`."""
    held = {spot: list(there) for spot, there in entries(now).items()}
    lines = (nftables if mode is ProxyMode.NFTABLES else iptables).script(now, wanted).splitlines()
    (_nft if mode is ProxyMode.NFTABLES else _restore)(held, lines)
    return Ruleset(
        tuple(type(block)(block.spot, tuple(held[block.spot]), block.learned) for block in now.blocks)
    )


def _nft(held: dict[Spot, list[str]], lines: list[str]) -> None:
    for line in lines:
        verb, what, family, table, name, *rest = line.split(" ", 5)
        if what != "element":
            there = held[Spot(f"{family} {table}", Form.CHAIN, name)]
            there.clear() if verb == "flush" else there.append(rest[0])
            continue
        [element] = [text.removeprefix("{ ").removesuffix(" }") for text in rest]
        [spot] = [spot for spot in held if spot.name == name and spot.form is not Form.CHAIN]
        if verb == "add":
            held[spot].append(element)
        else:
            held[spot] = [each for each in held[spot] if _plain(each) != element]


def _plain(element: str) -> str:
    before, quote, rest = element.partition(' comment "')
    return before + rest.partition('"')[2] if quote else element


def _restore(held: dict[Spot, list[str]], lines: list[str]) -> None:
    table = ""
    for line in lines:
        if line.startswith("*"):
            table = line[1:]
        elif line != "COMMIT":
            verb, chain, *rest = line.split(" ", 2)
            there = held[Spot(table, Form.CHAIN, chain)]
            there.clear() if verb == "-F" else there.append(rest[0])
