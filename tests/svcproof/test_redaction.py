"""Other addresses in place of those of a machine."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svcproof.redaction import Redaction
from tests.traffic.repeatable import REPEATABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("src=172.18.0.11 dst=10.96.0.1", "src=198.19.0.1 dst=198.19.0.2", id="conntrack"),
        pytest.param("publicIP:172.18.0.11 x", "publicIP:198.19.0.1 x", id="behind a colon"),
        pytest.param(
            "10.244.1.2:8080, 10.244.1.0/24", "198.19.0.1:8080, 198.19.0.2/24", id="port and prefix"
        ),
        pytest.param("http://172.18.0.1:6443/", "http://198.19.0.1:6443/", id="URL"),
        pytest.param("fe80::1%eth0 and fd00:1::2/64", "2001:db8::1%eth0 and 2001:db8::2/64", id="IPv6"),
        pytest.param("lladdr 0a:58:0a:f4:01:02 x", "lladdr 02:00:00:00:00:00 x", id="MAC"),
        pytest.param("lladdr 0A-58-0A-F4-01-02 x", "lladdr 02:00:00:00:00:00 x", id="MAC with hyphens"),
        pytest.param("{IP:0xaf40200, PrefixLen:0x18}", "{IP:0xc6130001, PrefixLen:0x18}", id="Go's number"),
        pytest.param("mark 0x00004000 of 0xac12000b", "mark 0x00004000 of 0xac12000b", id="other numbers"),
        pytest.param("at ip-172-18-0-11.internal", "at ip-198-19-0-1.internal", id="host name"),
        pytest.param("ip-999-1-1-1 2026-11-21", "ip-999-1-1-1 2026-11-21", id="no host name"),
        pytest.param("::ffff:172.18.0.11 x", "::ffff:198.19.0.1 x", id="IPv4 in IPv6"),
        pytest.param("127.0.0.1 0.0.0.0 ::1 255.255.255.0", "127.0.0.1 0.0.0.0 ::1 255.255.255.0", id="stay"),
        pytest.param(
            "at 09:35:12.123 v1.36.2 nft 1.0.6", "at 09:35:12.123 v1.36.2 nft 1.0.6", id="no address"
        ),
        pytest.param("ends in 10.0.0.7.", "ends in 198.19.0.1.", id="end of a sentence"),
    ],
)
def test_text_has_other_addresses(text: str, expected: str) -> None:
    """Addresses are renamed, wherever they stand; times, versions and loopback stay."""
    assert Redaction().text(text) == expected


def test_the_same_address_has_the_same_name() -> None:
    """What was one address is one address still, in every file."""
    redaction = Redaction()
    assert redaction.text("10.0.0.1 10.0.0.2 10.0.0.1") == "198.19.0.1 198.19.0.2 198.19.0.1"
    assert redaction.text("10.0.0.2") == "198.19.0.2"
    assert redaction.text("IP:0xa000002 ip-10-0-0-1") == "IP:0xc6130002 ip-198-19-0-1"


_NOTATIONS = (
    "{0}", "{0}:80", "[{0}]", "src={0} ", "{0}/32", "http://{0}:6443/", '"{0}"', "({0})", "ip-{1}", "PublicIP:{2:#x}",
    "::ffff:{0}", "{0}.", "{0},", "x:{0}", "http__{0}/8080", "-d {0}/32 -p tcp", "default/echo:http -> {0}:8080",
)  # fmt: skip


@REPEATABLE
@given(number=st.integers(0x0B000000, 0xDFFFFFFF), notation=st.sampled_from(_NOTATIONS))
def test_no_notation_lets_an_address_through(number: int, notation: str) -> None:
    """Whatever the address, and however it is written: the same name every time, and the address is nowhere."""
    address = IPv4Address(number)
    if address.is_loopback:
        return
    written = notation.format(address, str(address).replace(".", "-"), number)
    other = Redaction().text(written)
    first = IPv4Address("198.19.0.1")
    assert other == notation.format(first, str(first).replace(".", "-"), int(first))
