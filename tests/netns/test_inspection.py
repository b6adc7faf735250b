"""Which programs are asked for the rules of a node, and what of the API for its manifests."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from lab.errors import CommandFailed
from lab.kube import Kube
from lab.model import Place, Service, ServicePort
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


def named(name: str) -> Service:
    """A Service of this name."""
    return Service(name=name, ports=(ServicePort("http", 80),))


class Listing(Kube):
    """An API that has these Services, with a slice each, and of which is kept what was asked."""

    def __init__(self, *names: str) -> None:
        self.names, self.requests = list(names), Counter[str]()

    def every_service(self) -> list[Any]:
        """Items as a list has them: without their kind."""
        self.requests["services"] += 1
        return [
            {"metadata": {"name": name, "uid": "1"}, "spec": {"type": "ClusterIP"}} for name in self.names
        ]

    def endpoint_slices(self) -> list[Any]:
        """Also of a Service that is gone, and of none at all."""
        self.requests["slices"] += 1
        owned = [{"kubernetes.io/service-name": name} for name in (*self.names, "gone")]
        return [{"metadata": {"name": "s", "labels": each}, "endpoints": []} for each in (*owned, {})]


def test_services_and_slices_are_listed_once_for_each_state_of_the_lab() -> None:
    """However many are shown; each with its own slices, in the API's words for one of them."""
    api = Listing("one", "two")
    made = Inspection(Here(""), api, ProxyMode.NFTABLES, lambda _node: {})
    shown = [list(yaml.safe_load_all(made.manifests(named(name)))) for name in ("one", "two", "one")]
    assert api.requests == {"services": 1, "slices": 1}
    assert shown[0] == shown[2]
    for name, [service, of_it] in zip(("one", "two"), shown, strict=False):
        assert service == {
            "kind": "Service",
            "apiVersion": "v1",
            "metadata": {"name": name},
            "spec": {"type": "ClusterIP"},
        }
        assert (of_it["kind"], of_it["apiVersion"]) == ("EndpointSlice", "discovery.k8s.io/v1")
        assert of_it["metadata"]["labels"] == {"kubernetes.io/service-name": name}


def test_a_service_that_is_gone_is_looked_for_in_the_state_of_the_lab_as_it_is() -> None:
    """Then its slices are shown alone, while the API has some."""
    api = Listing("one", "gone")
    made = Inspection(Here(""), api, ProxyMode.NFTABLES, lambda _node: {})
    kinds = [each["kind"] for each in yaml.safe_load_all(made.manifests(named("gone")))]
    assert kinds == ["Service", "EndpointSlice", "EndpointSlice"]
    api.names.remove("gone")
    made.forget()
    [alone] = yaml.safe_load_all(made.manifests(named("gone")))
    assert alone["kind"] == "EndpointSlice"
    assert made.manifests(named("never")) == ""
    assert api.requests == {"services": 2, "slices": 2}


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
