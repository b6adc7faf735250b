"""Other addresses in place of those of a machine."""

import pytest

from svcproof.redaction import Redaction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("src=172.18.0.11 dst=10.96.0.1", "src=198.18.0.1 dst=198.18.0.2", id="conntrack"),
        pytest.param("publicIP:172.18.0.11 x", "publicIP:198.18.0.1 x", id="behind a colon"),
        pytest.param(
            "10.244.1.2:8080, 10.244.1.0/24", "198.18.0.1:8080, 198.18.0.2/24", id="port and prefix"
        ),
        pytest.param("http://172.18.0.1:6443/", "http://198.18.0.1:6443/", id="URL"),
        pytest.param("fe80::1%eth0 and fd00:1::2/64", "2001:db8::1%eth0 and 2001:db8::2/64", id="IPv6"),
        pytest.param("lladdr 0a:58:0a:f4:01:02 x", "lladdr 02:00:00:00:00:00 x", id="MAC"),
        pytest.param("127.0.0.1 0.0.0.0 ::1 255.255.255.0", "127.0.0.1 0.0.0.0 ::1 255.255.255.0", id="stay"),
        pytest.param(
            "at 09:35:12.123 v1.36.2 nft 1.0.6", "at 09:35:12.123 v1.36.2 nft 1.0.6", id="no address"
        ),
        pytest.param("ends in 10.0.0.7.", "ends in 198.18.0.1.", id="end of a sentence"),
    ],
)
def test_text_has_other_addresses(text: str, expected: str) -> None:
    """Addresses are renamed, wherever they stand; times, versions and loopback stay."""
    assert Redaction().text(text) == expected


def test_the_same_address_has_the_same_name() -> None:
    """What was one address is one address still, in every file."""
    redaction = Redaction()
    assert redaction.text("10.0.0.1 10.0.0.2 10.0.0.1") == "198.18.0.1 198.18.0.2 198.18.0.1"
    assert redaction.text("10.0.0.2") == "198.18.0.2"
