"""The states of Node objects: each is awaited by packets, one that shows in none by a change of the zone behind it."""

from collections.abc import Collection, Mapping, Sequence
from ipaddress import IPv4Address

from lab.kube import Manifest
from lab.model import NodeState, Place
from lab.netns import plan
from lab.netns.zones import Zones
from lab.traffic.exchange import Exchange
from lab.traffic.way import Way
from tests.netns.fake_kube import FakeKube

NODE = Place.WORKER_C
HOME = plan.ZONES[NODE]


class Nodes(FakeKube):
    """An API that keeps what was written of nodes."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        super().__init__()
        self.said: list[tuple[str, str | int | None]] = []

    def label_node(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Keeps the zone."""
        self.said += [(name, zone) for zone in labels.values()]

    def taint_node(self, name: str, taints: Sequence[Manifest]) -> None:
        """Keeps how many taints there are."""
        self.said.append((name, len(taints)))


class Following(Exchange):
    """Traffic of a lab in which every kube-proxy follows at once."""

    def __init__(self) -> None:
        """Needs nothing."""

    def all_reach(self, way: Way, at: Place, addresses: Collection[IPv4Address], count: int) -> bool:
        """They do."""
        return bool(addresses) and count > 0 and at is Place.ROUTER and way.sender is NODE


def written(*states: NodeState) -> list[str | int | None]:
    """What is written of the node when it becomes these, one after another: its zones and numbers of taints."""
    api = Nodes()
    zones = Zones(api, Following())
    for state in states:
        zones.bring(NODE, state)
    assert {name for name, _ in api.said} == {NODE}
    return [each for _, each in api.said]


def test_a_node_that_moves_is_followed_by_its_zone() -> None:
    """One label for each move, and none but its own at the end."""
    moved = written(NodeState.IN_OTHER_ZONE, NodeState.IN_NO_ZONE, NodeState.AS_MADE)
    zones = [each for each in moved if not isinstance(each, int)]
    assert zones == [zones[0], None, HOME]
    assert zones[0] not in (None, HOME)


def test_a_taint_is_followed_by_a_change_of_the_zone_both_ways() -> None:
    """Given or taken away, it is written before the zone is another, and the zone's own again behind that."""
    goes, away, home, stays, away_again, home_again = written(NodeState.TO_BE_DELETED, NodeState.AS_MADE)
    assert (goes, stays) == (1, 0)
    assert away == away_again != HOME
    assert home == home_again == HOME
