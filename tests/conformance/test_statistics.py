"""How many probes a claim needs: the table that the documents promise, and what it is worth exactly."""

from math import comb

import pytest

from conformance.statistics import FALSE_ALARM, FEWEST, clients_to_fill, probes_to_see_every

TABLE = {2: 21, 3: 37, 5: 70, 10: 153}


def some_unseen(endpoints: int, probes: int) -> float:
    """The exact chance that some endpoint stays unseen when each is picked alike, by inclusion and exclusion."""
    return sum(
        (1 if unseen % 2 else -1) * comb(endpoints, unseen) * (1 - unseen / endpoints) ** probes
        for unseen in range(1, endpoints + 1)
    )


@pytest.mark.parametrize(("endpoints", "probes"), TABLE.items())
def test_the_table_of_the_documents(endpoints: int, probes: int) -> None:
    """The sizes for 2, 3, 5 and 10 endpoints are those that are written down."""
    assert probes_to_see_every(endpoints) == probes


@pytest.mark.parametrize("endpoints", range(2, 21))
def test_a_false_alarm_is_as_rare_as_promised(endpoints: int) -> None:
    """The exact chance of an unseen endpoint keeps the bound, which one probe less would miss."""
    probes = probes_to_see_every(endpoints)
    assert some_unseen(endpoints, probes) <= FALSE_ALARM
    assert endpoints * (1 - 1 / endpoints) ** (probes - 1) > FALSE_ALARM


@pytest.mark.parametrize("endpoints", [0, 1])
def test_without_a_choice_a_few_probes_do(endpoints: int) -> None:
    """A batch in which nothing is random has ten probes: one that flaps evenly hides in it once in 512 times."""
    assert probes_to_see_every(endpoints) == FEWEST
    assert 2 * 0.5**FEWEST < 1 / 500


def test_a_smaller_chance_costs_more_probes() -> None:
    """The size grows as the bound shrinks."""
    sizes = [probes_to_see_every(3, false_alarm) for false_alarm in (1e-2, 1e-4, 1e-6, 1e-9)]
    assert sizes == sorted(set(sizes))


def test_a_batch_shows_what_fails_every_other_time() -> None:
    """What the report promises: 999 times of 1000 where nothing is random, 99 of 100 for one endpoint of several."""
    assert 0.5**FEWEST < 1 / 1000
    for endpoints in range(2, 11):
        assert (1 - 0.5 / endpoints) ** probes_to_see_every(endpoints) < 1 / 100


@pytest.mark.parametrize(("endpoints", "room"), [(2, 100), (2, 150), (3, 100)])
def test_so_many_clients_leave_no_endpoint_with_room(endpoints: int, room: int) -> None:
    """The exact chance that one gets no more than it has room for keeps the bound, which one client less misses."""

    def has_room(clients: int) -> float:
        ways: int = sum(comb(clients, each) * (endpoints - 1) ** (clients - each) for each in range(room + 1))
        every: int = endpoints**clients
        return endpoints * ways / every

    clients = clients_to_fill(endpoints, room)
    assert has_room(clients) <= FALSE_ALARM < has_room(clients - 1)
