"""What a bench does to nodes around a fault, in which order."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.errors import CommandFailed
from lab.model import NODES, Place
from lab.netns.cluster import NetnsCluster
from lab.profiles import Encapsulation, profile_named
from lab.rules.ruleset import Block, Form, Ruleset, Spot
from svcproof.sabotage import bench as benches
from svcproof.sabotage.bench import Bench, Refusal

SPOT = Spot("nat", Form.CHAIN, "KUBE-NODEPORTS")
SOUND, BROKEN = (Ruleset((Block(SPOT, (entry,)),)) for entry in ("sound", "broken"))
Done = list[tuple[Place, str]]


@dataclass
class NotingRules:
    """A node's rules without a node: notes what is done to them. refuses: takes no other rules than it has."""

    node: Place
    done: Done
    refuses: bool = False
    now: Ruleset = SOUND

    def read(self) -> Ruleset:
        """As they are."""
        return self.now

    def change(self, _now: Ruleset, wanted: Ruleset) -> None:
        """Notes it."""
        if self.refuses and wanted is BROKEN:
            raise CommandFailed("not these")
        self.now = wanted
        self.done.append((self.node, "mended" if wanted is SOUND else "broken"))

    def forget_clients(self, _rules: Ruleset) -> None:
        """Nobody is remembered."""

    def forget_tunnels(self) -> None:
        """Notes it, and whether rules could still do something to the tunnel."""
        self.done.append((self.node, "tunnels forgotten" if self.now is SOUND else "forgotten too early"))


@pytest.fixture
def done() -> Done:
    """Return what was done to nodes, in order."""
    return []


@pytest.fixture(params=[False])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, done: Done) -> Iterator[Bench]:
    """Return a bench over noting nodes, their rules read. The parameter: whether one of them refuses a fault."""

    class Rules(NotingRules):
        """As the bench makes them."""

        def __init__(self, _namespaces: object, node: Place, *_: object) -> None:
            super().__init__(node, done, refuses=request.param and node is NODES[0])

    monkeypatch.setattr(benches, "NodeRules", Rules)
    profile, exchange = profile_named("iptables-flannel"), SimpleNamespace(ports_given={})
    order = SimpleNamespace(encapsulation=Encapsulation.VXLAN)
    cluster = SimpleNamespace(name="lab", profile=profile, namespaces=None, exchange=exchange, order=order)
    with closing(Bench(cast(NetnsCluster, cluster))) as made:
        made.read()
        yield made


def of(node: Place, done: Done) -> list[str]:
    """What was done to one node."""
    return [what for where, what in done if where is node]


def test_what_rules_did_to_a_tunnel_is_forgotten_behind_them(bench: Bench, done: Done) -> None:
    """By the nodes that had the fault, once they are mended: else other flows would be led astray by it."""
    first, second, third = NODES
    with bench.having(dict.fromkeys((first, second), BROKEN)):
        assert done == [(first, "broken"), (second, "broken")]
    assert of(first, done) == of(second, done) == ["broken", "mended", "tunnels forgotten"]
    assert of(third, done) == []


def test_without_a_tunnel_there_is_nothing_to_forget(bench: Bench, done: Done) -> None:
    """Nodes look through all that they track for it."""
    cast(Any, bench.cluster).order.encapsulation = Encapsulation.NONE
    with bench.having({NODES[0]: BROKEN}):
        pass
    assert of(NODES[0], done) == ["broken", "mended"]


@pytest.mark.parametrize("bench", [True], indirect=True)
def test_also_where_one_node_refuses_them(bench: Bench, done: Done) -> None:
    """The others had the fault for a moment."""
    with pytest.raises(Refusal), bench.having(dict.fromkeys(NODES, BROKEN)):
        pass
    assert of(NODES[0], done) == ["tunnels forgotten"]
    assert of(NODES[1], done) == ["broken", "mended", "tunnels forgotten"]
