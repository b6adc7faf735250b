"""A kube-proxy that missed something at its start is told again, once, and only that one."""

from collections.abc import Mapping

import pytest

from lab.errors import NotReady
from lab.model import NODES, Place
from lab.netns import plan
from lab.netns.told_again import told_again
from lab.polling import Limit
from tests.netns.fake_kube import FakeKube

SLOW = Place.WORKER_B


class Labels(FakeKube):
    """An API that keeps which labels of nodes were written."""

    def label_node(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Keeps them."""
        self.written.append((name, dict(labels)))


def test_nobody_is_told_what_all_know() -> None:
    """Each node is asked once."""
    api, asked = Labels(), list[tuple[Place, Limit]]()
    assert told_again(api, lambda *question: asked.append(question)) == []
    assert (asked, api.written) == ([(node, Limit.ZONE_KNOWN) for node in NODES], [])


def test_who_missed_it_is_told_again() -> None:
    """Its zone is taken away and written; then it has the time that rules take."""
    api, asked = Labels(), list[tuple[Place, Limit]]()

    def wait_known(node: Place, limit: Limit) -> None:
        asked.append((node, limit))
        if node is SLOW and not api.written:
            raise NotReady("not known")

    assert told_again(api, wait_known) == [SLOW]
    zone = plan.ZONES[SLOW]
    assert api.written == [(SLOW, {plan.ZONE_LABEL: None}), (SLOW, {plan.ZONE_LABEL: zone})]
    assert [limit for node, limit in asked if node is SLOW] == [Limit.ZONE_KNOWN, Limit.RULES_PROGRAMMED]


def test_who_never_learns_it_ends_the_wait() -> None:
    """There is no third time."""

    def never(_node: Place, _limit: Limit) -> None:
        raise NotReady("not known")

    with pytest.raises(NotReady):
        told_again(Labels(), never)
