"""Which programs are asked for the rules of a node."""

from collections.abc import Sequence

import pytest

from lab.errors import CommandFailed
from lab.model import Place
from lab.netns import inspection
from lab.netns.inspection import Inspection
from lab.profiles import ProxyMode
from tests.netns.fake_serving import Here
from tests.rules.test_listing import NFT, SAVED

NODE = Place.WORKER_A


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the programs that were run; each prints what it does on a node."""
    programs: list[str] = []

    def run(argv: Sequence[str], **_: object) -> str:
        programs.append(argv[0])
        return NFT if argv[0] == "nft" else SAVED

    monkeypatch.setattr(inspection, "run", run)
    return programs


def an_inspection(mode: ProxyMode) -> Inspection:
    """Of a lab in which nothing is at work."""
    return Inspection(Here(""), None, mode, lambda _node: {})  # type: ignore[arg-type]  # the API is not asked


def test_one_program_tells_the_rules_and_two_their_handles(asked: list[str]) -> None:
    """In iptables mode, where handles are nft's; what was read is shown again until it is to be read afresh."""
    made = an_inspection(ProxyMode.IPTABLES)
    without, again = (made.rules(NODE, fresh=False) for _ in range(2))
    assert asked == ["iptables-save"]
    assert without == again
    assert not any(rule.handle for rule in without)
    handled = {rule.text: rule.handle for rule in made.rules(NODE, fresh=True)}
    assert sorted(asked[1:]) == ["iptables-save", "nft"]
    assert all(handled[rule.text] for rule in without)


def test_nft_tells_both_of_its_own_rules(asked: list[str]) -> None:
    """In nftables mode nothing else is asked."""
    assert any(rule.handle for rule in an_inspection(ProxyMode.NFTABLES).rules(NODE, fresh=False))
    assert asked == ["nft"]


def test_without_nft_rules_of_iptables_have_no_handles(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    """They are shown all the same."""

    def run(argv: Sequence[str], **_: object) -> str:
        asked.append(argv[0])
        if argv[0] == "nft":
            raise CommandFailed("nft returned 1")
        return SAVED

    monkeypatch.setattr(inspection, "run", run)
    read = an_inspection(ProxyMode.IPTABLES).rules(NODE, fresh=True)
    assert read
    assert not any(rule.handle for rule in read)
