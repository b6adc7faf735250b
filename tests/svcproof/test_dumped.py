"""Rules marked with the Service that they serve: excerpts of what a real lab's kernel printed."""

import pytest

from svcproof.dumped import marked

# kube-proxy 1.36 in a lab with one Service beside the lab's own canary.
IPTABLES = """\
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SEP-G33V35XTYE7NWGYJ - [0:0]
:KUBE-SVC-3EK62KM5Z2PCYIYD - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SEP-G33V35XTYE7NWGYJ -s 172.18.0.254/32 -m comment --comment "default/svcproof-canary:canary" -j KUBE-MARK-MASQ
-A KUBE-SERVICES -d 10.96.255.254/32 -p udp -m comment --comment "default/svcproof-canary:canary cluster IP" \
-m udp --dport 20001 -j KUBE-SVC-3EK62KM5Z2PCYIYD
-A KUBE-SVC-3EK62KM5Z2PCYIYD -m comment --comment "default/svcproof-canary:canary -> 172.18.0.254:40001" \
-j KUBE-SEP-G33V35XTYE7NWGYJ
-A KUBE-SVC-3EK62KM5Z2PCYIYD -j KUBE-SEP-G33V35XTYE7NWGYJ
COMMIT
"""
NFTABLES = """\
table ip kube-proxy {
	map no-endpoint-services {
		elements = { 10.96.0.1 . tcp . 443 comment "default/kubernetes:https" : goto reject-chain }
	}
	map service-ips {
		elements = { 10.96.255.254 . udp . 20001 : goto service-TKMYTSJH-default/svcproof-canary/udp/canary }
	}
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
	chain service-TKMYTSJH-default/svcproof-canary/udp/canary {
		meta l4proto udp dnat ip to numgen random mod 1 map { 0 : 172.18.0.254 . 40001 }
	}
}
"""
OWNER = "  # default/svcproof-canary"


def added(rules: str) -> dict[str, str]:
    """What was put behind which lines."""
    pairs = zip(rules.splitlines(), marked(rules).splitlines(), strict=True)
    return {before.strip(): after.removeprefix(before) for before, after in pairs if after != before}


def test_iptables_chains_without_a_word_are_marked() -> None:
    """A chain's declaration and a rule without comment; what says its Service already is left alone."""
    assert added(IPTABLES) == {
        ":KUBE-SEP-G33V35XTYE7NWGYJ - [0:0]": f"{OWNER}:canary",
        ":KUBE-SVC-3EK62KM5Z2PCYIYD - [0:0]": f"{OWNER}:canary",
        "-A KUBE-SVC-3EK62KM5Z2PCYIYD -j KUBE-SEP-G33V35XTYE7NWGYJ": f"{OWNER}:canary",
    }


def test_nftables_chains_and_elements_are_marked() -> None:
    """A chain that is named after a Service, and each verdict that leads there."""
    assert added(NFTABLES) == {
        "elements = { 10.96.255.254 . udp . 20001 : goto service-TKMYTSJH-default/svcproof-canary/udp/canary }": (
            OWNER
        ),
        "chain service-TKMYTSJH-default/svcproof-canary/udp/canary {": OWNER,
    }


@pytest.mark.parametrize(
    "chain",
    ["local-TKMYTSJH", "external-TKMYTSJH", "firewall-TKMYTSJH", "endpoint-TKMYTSJH", "affinity-TKMYTSJH"],
)
def test_every_kind_of_nftables_chain_is_known(chain: str) -> None:
    """All chains that kube-proxy names after a Service."""
    assert marked(f"\tchain {chain}-shop/web/tcp/http__10.0.0.1/80 {{").endswith("{  # shop/web")


@pytest.mark.parametrize(
    "text", ["", "lo UNKNOWN 127.0.0.1/8", "table ip flannel-ipv4 {\n}", "-A INPUT -j ACCEPT"]
)
def test_what_is_of_no_service_is_left_alone(text: str) -> None:
    """Addresses, routes and other programs' rules come out as they went in."""
    assert marked(text) == text
