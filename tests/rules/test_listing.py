"""Rules of a node with chain and handle, out of what nft and iptables-save print."""

from lab.api import Rule
from lab.rules.listing import of_service, rules

NFT = """\
table ip nat { # handle 5
\tchain KUBE-SERVICES { # handle 2
\t\tmeta l4proto tcp ip daddr 10.96.0.7  counter packets 1 bytes 36 jump KUBE-SVC-AAAAAAAAAAAAAAAA # handle 38
\t\t fib daddr type local counter packets 0 bytes 0 jump KUBE-NODEPORTS # handle 48
\t}

\tchain PREROUTING { # handle 5
\t\ttype nat hook prerouting priority dstnat; policy accept;
\t\t counter packets 2 bytes 3175 jump KUBE-SERVICES # handle 6
\t}
}
table ip kube-proxy { # handle 3
\tcomment "rules for kube-proxy"
\tmap service-ips { # handle 49
\t\ttype ipv4_addr . inet_proto . inet_service : verdict
\t\tcomment "ClusterIP, ExternalIP and LoadBalancer IP traffic"
\t\telements = { 10.96.0.7 . tcp . 80 : goto service-TKMYTSJH-default/echo/tcp/http,
\t\t\t     10.96.0.8 . tcp . 80 comment "default/echo-two:a, b" : goto service-INEEVDBT-default/echo-two/tcp/http }
\t}

\tchain service-TKMYTSJH-default/echo/tcp/http { # handle 54
\t\tmeta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.1.2 . 8080 } # handle 111
\t}
}
"""
SAVED = """\
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/echo:http" -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
"""


def test_rules_of_nft_have_chain_and_handle() -> None:
    """Rules without counters, elements one by one, nothing of a chain's head."""
    found = [rule for rule in rules(NFT, "") if rule.table == "ip kube-proxy"]
    assert found == [
        Rule(
            "ip kube-proxy",
            "service-ips",
            0,
            "10.96.0.7 . tcp . 80 : goto service-TKMYTSJH-default/echo/tcp/http",
        ),
        Rule(
            "ip kube-proxy",
            "service-ips",
            0,
            '10.96.0.8 . tcp . 80 comment "default/echo-two:a, b" : goto service-INEEVDBT-default/echo-two/tcp/http',
        ),
        Rule(
            "ip kube-proxy",
            "service-TKMYTSJH-default/echo/tcp/http",
            111,
            "meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.1.2 . 8080 }",
        ),
    ]


def test_rules_of_iptables_have_their_own_words_and_the_handles_of_nft() -> None:
    """The nth rule of a chain in one listing is the nth in the other."""
    found = {(rule.chain, rule.handle): rule.text for rule in rules(NFT, SAVED) if rule.table == "ip nat"}
    assert found["KUBE-SERVICES", 38].startswith("-d 10.96.0.7/32 -p tcp -m comment")
    assert found["KUBE-SERVICES", 48].endswith("-j KUBE-NODEPORTS")
    assert found["PREROUTING", 6].endswith("-j KUBE-SERVICES")


def test_where_the_listings_disagree_nothing_is_mixed_up() -> None:
    """A rule that came between the two listings leaves the chain in the words of nft."""
    more = SAVED.replace("COMMIT", "-A KUBE-SERVICES -j RETURN\nCOMMIT")
    found = [rule for rule in rules(NFT, more) if rule.chain == "KUBE-SERVICES"]
    assert [rule.text.startswith("meta l4proto tcp") for rule in found] == [True, False]
    assert all("--comment" not in rule.text for rule in found)


def test_without_nft_rules_have_no_handle() -> None:
    """Rules of an iptables that nft does not see, or on a machine without nft."""
    assert {rule.handle for rule in rules("", SAVED)} == {0}
    assert len(rules("", SAVED)) == 3


def test_rules_of_a_service_are_its_own() -> None:
    """By the chain's name and by comments; not those of a Service whose name begins alike."""
    own = of_service(rules(NFT, SAVED), "default/echo")
    assert {(rule.chain, rule.handle) for rule in own} == {
        ("KUBE-SERVICES", 38),
        ("service-ips", 0),
        ("service-TKMYTSJH-default/echo/tcp/http", 111),
    }
    assert not any("echo-two" in rule.text for rule in own)
    assert of_service(rules(NFT, SAVED), "default/ech") == ()


def test_rules_without_a_comment_are_of_their_chains_service() -> None:
    """kube-proxy leaves some rules of a Service's chain without words; those of shared chains stay out."""
    words = '-m comment --comment "masquerade traffic for default/echo:http external destinations" -j KUBE-MARK-MASQ'
    external, jump = "KUBE-EXT-QUMPV5Z3SF2IMFUJ", "-j KUBE-SVC-QUMPV5Z3SF2IMFUJ"
    other = Rule("ip nat", "KUBE-EXT-AAAAAAAAAAAAAAAA", 9, "-j KUBE-SVC-AAAAAAAAAAAAAAAA")
    own = (Rule("ip nat", external, 7, words), Rule("ip nat", external, 8, jump))
    shared = Rule("ip nat", "KUBE-NODEPORTS", 6, "-j ACCEPT")
    assert of_service((*own, other, shared), "default/echo") == own
