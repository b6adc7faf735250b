"""Other addresses in place of those of a machine, the same one for the same everywhere."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

_V4 = re.compile(r"(?<![A-Za-z0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z0-9]|\.\d)")
"""An underscore is no part of a word here: kube-proxy names a chain `endpoint-...__10.244.2.4/8080`."""
_V6 = re.compile(r"(?<![\w.:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:]|\.\d)")
_MAC = re.compile(r"(?<![\w:-])[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2}){4}(?![\w:-])")
_GO = re.compile(r"(?<=IP:)0x[0-9a-fA-F]{1,8}\b")
"""As flanneld's log prints an address in a structure: `PublicIP:0xac12000b`."""
_HOST = re.compile(r"(?<![\w-])ip-\d{1,3}(?:-\d{1,3}){3}(?![\w-])")
"""As clouds name machines by their address: `ip-172-18-0-11`."""
_FIRST_V4 = IPv4Address("198.19.0.1")
"""Of the range for benchmarks (RFC 2544), which no network routes; of its half in which the lab has no client."""
_FIRST_V6 = IPv6Address("2001:db8::1")


class Redaction:
    """Renames addresses, in text and in packets. Loopback and the unspecified address stay: they tell nothing."""

    def __init__(self) -> None:
        self._v4: dict[IPv4Address, IPv4Address] = {}
        self._v6: dict[IPv6Address, IPv6Address] = {}
        self._macs: dict[str, str] = {}

    def address(self, address: IPv4Address) -> IPv4Address:
        """Another address for this one."""
        if address.is_loopback or address.is_unspecified or int(address) >= int(IPv4Address("255.0.0.0")):
            return address
        return self._v4.setdefault(address, _FIRST_V4 + len(self._v4))

    def text(self, text: str) -> str:
        """The text with other addresses."""
        text = _MAC.sub(lambda found: self._mac(found.group()), text)
        text = _GO.sub(lambda found: self._integer(found.group()), text)
        text = _HOST.sub(lambda found: self._host(found.group()), text)
        for pattern in (_V6, _V4):
            text = pattern.sub(lambda found: self._candidate(found.group()), text)
        return text

    def _candidate(self, word: str) -> str:
        try:
            address = ip_address(word)
        except ValueError:
            return word  # A time of day, a version.
        if isinstance(address, IPv4Address):
            return str(self.address(address))
        if address.is_loopback or address.is_unspecified:
            return word
        return str(self._v6.setdefault(address, _FIRST_V6 + len(self._v6)))

    def _integer(self, word: str) -> str:
        return f"{int(self.address(IPv4Address(int(word, 16)))):#x}"

    def _host(self, word: str) -> str:
        dotted = word.removeprefix("ip-").replace("-", ".")
        other = self._candidate(dotted)
        return f"ip-{other.replace('.', '-')}" if other != dotted else word

    def _mac(self, spelled: str) -> str:
        mac = spelled.lower().replace("-", ":")
        if mac not in self._macs:
            self._macs[mac] = f"02:00:00:00:{len(self._macs) >> 8:02x}:{len(self._macs) & 0xFF:02x}"
        return self._macs[mac]
