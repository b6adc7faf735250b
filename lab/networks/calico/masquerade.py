"""natOutgoing: what leaves the pools is masqueraded, with the tool that kube-proxy uses, as felix writes it. Pure.

Source: https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster
"""

from lab.networks.calico.addressing import POOL

ALL_POOLS, MASQUERADED_POOLS = "cali40all-ipam-pools", "cali40masq-ipam-pools"
NFT_TABLE = "ip calico"

IPSETS = f"""create {ALL_POOLS} hash:net family inet
create {MASQUERADED_POOLS} hash:net family inet
add {ALL_POOLS} {POOL}
add {MASQUERADED_POOLS} {POOL}
"""
"""For `ipset restore`: pods of any pool, and those of pools that have natOutgoing."""


def iptables_rules(tunnel: str) -> str:
    """For `iptables-restore --noflush`. tunnel: the tunnel device, or nothing."""
    outside = f"-m set --match-set {MASQUERADED_POOLS} src -m set ! --match-set {ALL_POOLS} dst"
    rules = [f"-A cali-nat-outgoing {outside} -j MASQUERADE --random-fully"]
    if tunnel:
        # A node's own packet that was routed into the tunnel after it had got another of the node's addresses.
        rules.append(
            f"-A cali-POSTROUTING -o {tunnel} -m addrtype ! --src-type LOCAL --limit-iface-out"
            " -m addrtype --src-type LOCAL -j MASQUERADE --random-fully"
        )
    lines = [
        "*nat",
        ":cali-POSTROUTING - [0:0]",
        ":cali-nat-outgoing - [0:0]",
        "-A POSTROUTING -j cali-POSTROUTING",
        "-A cali-POSTROUTING -j cali-nat-outgoing",
        *rules,
        "COMMIT",
    ]
    return "\n".join(lines) + "\n"


def nft_rules(tunnel: str) -> str:
    """For `nft -f -`. tunnel: the tunnel device, or nothing."""
    lines = [
        f"table {NFT_TABLE} {{",
        f"  set {ALL_POOLS} {{ type ipv4_addr; flags interval; elements = {{ {POOL} }}; }}",
        f"  set {MASQUERADED_POOLS} {{ type ipv4_addr; flags interval; elements = {{ {POOL} }}; }}",
        "  chain nat-outgoing {",
        f"    ip saddr @{MASQUERADED_POOLS} ip daddr != @{ALL_POOLS} masquerade fully-random",
        "  }",
        "  chain postrouting {",
        "    type nat hook postrouting priority srcnat; policy accept;",
        "    jump nat-outgoing",
    ]
    if tunnel:
        lines.append(
            f'    oifname "{tunnel}" fib saddr . oif type != local fib saddr type local masquerade fully-random'
        )
    return "\n".join([*lines, "  }", "}"]) + "\n"
