"""The faults of stored rules: which there are, whose they are, and that each changes what it says and nothing else."""

import pytest

from lab.profiles import ProxyMode
from svcproof.sabotage import of_nftables
from svcproof.sabotage.fault import Kind, broken, shape_of
from tests.sabotage.recorded_rules import MODES, chosen, entries, faults, rules, surroundings

IPTABLES, NFTABLES = ProxyMode.IPTABLES, ProxyMode.NFTABLES


@pytest.mark.parametrize("mode", MODES)
def test_a_fault_changes_one_block(mode: ProxyMode) -> None:
    """Every fault changes exactly one chain, set or map, at one place."""
    sound = entries(rules(mode))
    for fault in faults(mode):
        bad = entries(broken(rules(mode), fault))
        [spot] = [spot for spot in sound if sound[spot] != bad[spot]]
        at = sound[spot].index(fault.entry)
        assert bad[spot] == (*sound[spot][:at], *fault.becomes, *sound[spot][at + 1 :])


@pytest.mark.parametrize("mode", MODES)
def test_names_are_unique(mode: ProxyMode) -> None:
    """No two faults of a node have the same name."""
    names = [fault.name for fault in faults(mode)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("mode", MODES)
def test_names_are_the_same_in_every_run(mode: ProxyMode) -> None:
    """What the API allots at random, and hashes of names, are not in a name."""
    for fault in faults(mode):
        assert "10.96." not in fault.name or "10.96.0.0/16" in fault.name
        assert not any(number in fault.name for number in ("30667", "30870"))
        assert "-D2" not in fault.name
        assert "KUBE-SVC-" not in fault.name


@pytest.mark.parametrize("mode", MODES)
def test_every_written_entry_can_be_lost(mode: ProxyMode) -> None:
    """Each rule and each element of the Services under test, or shared by all, has a fault that removes it."""
    removed = {(fault.spot, fault.entry) for fault in faults(mode) if not fault.becomes}
    assert removed == {(fault.spot, fault.entry) for fault in faults(mode)}


@pytest.mark.parametrize("mode", MODES)
def test_others_are_left_alone(mode: ProxyMode) -> None:
    """The lab's own Services, the API's and the network's rules are no candidates."""
    for fault in faults(mode):
        assert "svcproof-" not in fault.entry
        assert "default/kubernetes" not in fault.entry
        assert "FLANNEL" not in fault.spot.name + fault.entry
        assert "flanneld" not in fault.entry


@pytest.mark.parametrize("mode", MODES)
def test_whose_a_fault_is(mode: ProxyMode) -> None:
    """A fault belongs to the Service of its entry, or to none where the entry is shared."""
    owners = {fault.service for fault in faults(mode)}
    assert owners == {"", "cip", "web"}
    assert all(fault.service for fault in faults(mode) if fault.owned)


@pytest.mark.parametrize(
    ("mode", "kind", "words", "becomes"),
    [
        (NFTABLES, Kind.DELETE, ("set cluster-ips", "cip"), ()),
        (
            NFTABLES,
            Kind.OTHER_ENDPOINT,
            ("service-default/cip", "-> pod-a1"),
            (
                (
                    "meta l4proto tcp dnat ip to numgen random mod 2 map "
                    "{ 0 : 10.244.1.3 . 8080, 1 : 10.244.2.2 . 8080 }"
                ),
            ),
        ),
        (
            NFTABLES,
            Kind.OTHER_PORT,
            ("service-default/cip", "-> pod-b1"),
            (
                (
                    "meta l4proto tcp dnat ip to numgen random mod 2 map "
                    "{ 0 : 10.244.1.2 . 8080, 1 : 10.244.2.2 . 8081 }"
                ),
            ),
        ),
        (
            NFTABLES,
            Kind.PROBABILITY,
            ("service-default/cip", "always the first"),
            ("meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.1.2 . 8080 }",),
        ),
        (NFTABLES, Kind.REJECT_TO_DROP, ("reject-chain: reject ",), ("drop",)),
        (
            NFTABLES,
            Kind.DROP_TO_REJECT,
            ("unallocated",),
            ('ip daddr 10.96.0.0/16 reject comment "Drop traffic to unallocated ClusterIPs"',),
        ),
        (
            NFTABLES,
            Kind.WIDEN,
            ("nodeport-ips", "and its secondary address"),
            ("172.18.0.11", "172.18.0.21"),
        ),
        (NFTABLES, Kind.FORGET_AFFINITY, ("10.244.1.2/8080 ",), ()),
        (
            IPTABLES,
            Kind.OTHER_PORT,
            ("KUBE-SEP(cip:http pod-a1:8080)",),
            (
                (
                    '-p tcp -m comment --comment "default/cip:http" -m tcp -j DNAT '
                    "--to-destination 10.244.1.2:8081"
                ),
            ),
        ),
        (IPTABLES, Kind.DROP_MARK, ("nat KUBE-MARK-MASQ:",), ()),
    ],
)
def test_what_becomes_of_an_entry(
    mode: ProxyMode, kind: Kind, words: tuple[str, ...], becomes: tuple[str, ...]
) -> None:
    """Each kind does to a rule what its name says."""
    [fault] = chosen(mode, kind, *words)
    assert fault.becomes == becomes


def test_a_firewall_loses_each_source() -> None:
    """A Service's list of sources is shortened by each of its members in turn."""
    sound = rules(NFTABLES)
    [(spot, one)] = [each for each in sound.written() if each[0].name.startswith("firewall-SUS")]
    two = sound.replaced(spot, one, ("ip saddr != { 172.18.0.100, 203.0.113.12 } drop",))
    every = of_nftables.faults(two, surroundings(NFTABLES))
    assert {fault.becomes for fault in every if "without the source" in fault.change} == {
        ("ip saddr != { 203.0.113.12 } drop",),
        ("ip saddr != { 172.18.0.100 } drop",),
    }


def test_clients_are_remembered_for_another_time() -> None:
    """For a second, for a day, and in nftables mode from the first time on, so that later ones renew nothing."""
    assert {fault.becomes[0].partition("{ ")[2] for fault in chosen(NFTABLES, Kind.TIME_OUT)} == {
        "ip saddr timeout 1s }",
        "ip saddr timeout 1d }",
        "ip saddr }",
    }
    added = chosen(NFTABLES, Kind.TIME_OUT, "from the first time on")
    assert all(fault.becomes[0] == fault.entry.replace("update @", "add @") for fault in added)
    seconds = {
        fault.becomes[0].split("--seconds ")[1].split()[0] for fault in chosen(IPTABLES, Kind.TIME_OUT)
    }
    assert seconds == {"1", "86400"}


def test_a_chance_is_changed_three_ways() -> None:
    """A rule that picks by chance picks never, always, or too often."""
    faults_of_it = chosen(IPTABLES, Kind.PROBABILITY, "cip:http -> pod-a1:8080")
    chances = {fault.becomes[0].split("--probability ")[1].split()[0] for fault in faults_of_it}
    assert chances == {"0.00000000000", "1.00000000000", "0.75000000000"}


@pytest.mark.parametrize("mode", MODES)
def test_the_mark_is_set_where_it_was_not(mode: ProxyMode) -> None:
    """A mark is added right before the translation, whose rule stays."""
    for fault in chosen(mode, Kind.ADD_MARK, "with the mark set"):
        mark, rule = fault.becomes
        assert rule == fault.entry
        assert "mark" in mark.lower()


def test_a_refusal_becomes_silence_and_back() -> None:
    """REJECT becomes DROP, and DROP becomes REJECT, with the match untouched."""
    for fault in chosen(IPTABLES, Kind.REJECT_TO_DROP):
        assert fault.becomes[0] == fault.entry.replace("REJECT --reject-with icmp-port-unreachable", "DROP")
    for fault in chosen(IPTABLES, Kind.DROP_TO_REJECT):
        assert fault.becomes[0].startswith(fault.entry.removesuffix("DROP"))


def test_twins_have_one_shape() -> None:
    """The same fault in the same rule of another Service has the same shape, another fault has not."""
    name = (
        "delete: map service-ips: cluster-ip(cip) . tcp . 80 : goto service-default/cip/tcp/http -> nothing"
    )
    twin = "delete: map service-ips: cluster-ip(np) . tcp . 81 : goto service-default/np/tcp/dns -> nothing"
    assert shape_of(name) == shape_of(twin)
    assert shape_of(name) != shape_of(name.replace("delete", "widen"))
    assert shape_of(name) != shape_of(name.replace("cluster-ip", "external-ip"))
    assert shape_of(name) != shape_of(name.replace("goto service", "goto local"))


def test_a_port_or_a_time_is_a_number() -> None:
    """Whether a Service asked for its node port or was given it, and for however long it remembers clients."""
    rule = (
        "delete: nat KUBE-X: --dport {port} -m recent --seconds {seconds} -j KUBE-EXT({of}:http) -> nothing"
    )
    asked = rule.format(port=30072, seconds=1, of="growing")
    given = rule.format(port="node-port(np:http)", seconds=10800, of="np")
    assert shape_of(asked) == shape_of(given)
