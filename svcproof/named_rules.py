"""Rules by the Service and the endpoint that kube-proxy wrote them for. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.results import PassedRule
from lab.api import Passed, Rule
from lab.model import Place

_COMMENT = re.compile(
    r'comment "(?:masquerade traffic for )?(?P<service>[^\s"/]+/[^\s":]+(?::[^\s"]+)?)(?: -> (?P<endpoint>[^\s"]+))?'
)
_NFT_CHAIN = re.compile(
    r"^(?:service|local|external|firewall|endpoint|affinity)-[A-Z2-7]{8}-(?P<namespace>[^/]+)/(?P<name>[^/]+)/"
    r"(?P<protocol>[^/]+)/(?P<port>[^_]*)(?:__(?P<address>.+)/(?P<number>\d+))?$"
)
_DNAT = re.compile(r"(?:--to-destination |dnat (?:ip )?to )(?P<endpoint>[\d.]+:\d+)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a rule is for: `namespace/name:port` and `address:port`, each empty where the rule does not say."""

    service: str = ""
    endpoint: str = ""


def named(rule: Rule, chains: Mapping[tuple[str, str], Named]) -> Named:
    """What a rule is for, by its own words first and by its chain's name then."""
    comment, dnat = _COMMENT.search(rule.text), _DNAT.search(rule.text)
    chain = chains.get((rule.table, rule.chain), Named())
    service = comment["service"] if comment else chain.service
    endpoint = (comment and comment["endpoint"]) or (dnat and dnat["endpoint"]) or chain.endpoint
    return Named(service, endpoint)


def chains_named(rules: Sequence[Rule]) -> Mapping[tuple[str, str], Named]:
    """What each chain is for, where its name tells or one of its rules does."""
    found: dict[tuple[str, str], Named] = {}
    for rule in rules:
        spelled = _NFT_CHAIN.match(rule.chain)
        if spelled:
            address = f"{spelled['address']}:{spelled['number']}" if spelled["address"] else ""
            found[rule.table, rule.chain] = Named(
                f"{spelled['namespace']}/{spelled['name']}:{spelled['port']}", address
            )
        elif rule.chain.startswith(("KUBE-SEP-", "KUBE-SVC-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-FW-")):
            told = named(rule, {})
            before = found.get((rule.table, rule.chain), Named())
            endpoint = told.endpoint if rule.chain.startswith("KUBE-SEP-") else ""
            found[rule.table, rule.chain] = Named(before.service or told.service, before.endpoint or endpoint)
    return found


def passed_rules(passed: Sequence[Passed], rules: Mapping[Place, Sequence[Rule]]) -> tuple[PassedRule, ...]:
    """The rules that a probe passed, each with its text and what it is for."""
    by_handle = {
        (node, rule.table, rule.chain, rule.handle): rule
        for node, of_node in rules.items()
        for rule in of_node
        if rule.handle
    }
    chains = {node: chains_named(of_node) for node, of_node in rules.items()}
    return tuple(
        _passed_rule(
            each, by_handle.get((each.node, each.table, each.chain, each.handle)), chains.get(each.node, {})
        )
        for each in passed
    )


def _passed_rule(passed: Passed, rule: Rule | None, chains: Mapping[tuple[str, str], Named]) -> PassedRule:
    told = chains.get((passed.table, passed.chain), Named()) if rule is None else named(rule, chains)
    return PassedRule(
        node=passed.node,
        table=passed.table,
        chain=passed.chain,
        handle=passed.handle,
        verdict=passed.verdict,
        text="" if rule is None else rule.text,
        service=told.service,
        endpoint=told.endpoint,
    )
