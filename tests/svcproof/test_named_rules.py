"""Rules by the Service and the endpoint that kube-proxy wrote them for."""

from lab.api import Passed, Rule
from lab.model import Place
from svcproof.named_rules import passed_rules

NAT = "ip nat"
PROXY = "ip kube-proxy"
RULES = (
    Rule(NAT, "KUBE-NODEPORTS", 3, '-p tcp -m comment --comment "default/np:http" -j KUBE-EXT-A'),
    Rule(
        NAT,
        "KUBE-EXT-A",
        4,
        '-m comment --comment "masquerade traffic for default/np:http external destinations" -j KUBE-MARK-MASQ',
    ),
    Rule(NAT, "KUBE-EXT-A", 5, "-j KUBE-SVC-A"),
    Rule(NAT, "KUBE-SVC-A", 6, '-m comment --comment "default/np:http -> 10.244.1.2:8080" -j KUBE-SEP-A'),
    Rule(
        NAT,
        "KUBE-SEP-A",
        7,
        '-p tcp -m comment --comment "default/np:http" -j DNAT --to-destination 10.244.1.2:8080',
    ),
    Rule(NAT, "PREROUTING", 8, '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'),
    Rule(PROXY, "endpoint-ABCDEFGH-default/np/tcp/http__10.244.1.2/8080", 9, "meta l4proto tcp accept"),
    Rule(PROXY, "external-ABCDEFGH-default/np/tcp/http", 10, "goto service-ABCDEFGH-default/np/tcp/http"),
)


def _told(chain: str, handle: int, table: str = NAT) -> tuple[str, str]:
    [found] = passed_rules([Passed(Place.WORKER_A, table, chain, handle, "accept")], {Place.WORKER_A: RULES})
    return found.service, found.endpoint


def test_rules_of_iptables_are_named() -> None:
    """By their own comment, by what the chain is for, and by the endpoint that they translate to."""
    assert _told("KUBE-NODEPORTS", 3) == ("default/np:http", "")
    assert _told("KUBE-EXT-A", 4) == ("default/np:http", "")
    assert _told("KUBE-EXT-A", 5) == ("default/np:http", "")
    assert _told("KUBE-SVC-A", 6) == ("default/np:http", "10.244.1.2:8080")
    assert _told("KUBE-SEP-A", 7) == ("default/np:http", "10.244.1.2:8080")
    assert _told("PREROUTING", 8) == ("", "")


def test_rules_of_nftables_are_named() -> None:
    """By the name of their chain."""
    assert _told("endpoint-ABCDEFGH-default/np/tcp/http__10.244.1.2/8080", 9, PROXY) == (
        "default/np:http",
        "10.244.1.2:8080",
    )
    assert _told("external-ABCDEFGH-default/np/tcp/http", 10, PROXY) == ("default/np:http", "")


def test_a_rule_that_is_gone_keeps_what_the_kernel_said() -> None:
    """A handle that no listing has: chain and verdict without words."""
    [found] = passed_rules([Passed(Place.WORKER_A, NAT, "KUBE-SVC-A", 99, "accept")], {Place.WORKER_A: RULES})
    assert (found.text, found.verdict, found.service) == ("", "accept", "default/np:http")
