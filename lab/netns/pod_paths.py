"""How a packet gets from kube-proxy's DNAT to the pod: one probe to an endpoint on each side, and what carried it.

Evidence for a report, never judged. Captures say where the probe came by, the kernel's own trace which rules it
passed, and the kernels' tables which entries they look up for it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from lab.api import Carrier, PathEntry, PodPath, Rule, TracedProbe
from lab.model import ClusterIP, Flow, Part, Place, PlaceKind, Service, ServicePort, Sighting
from lab.netns.namespaces import Namespaces
from lab.netns.node_tables import carriers

_PORT = "http"
SENDER = Place.POD_A2
SERVICES = (
    Service(name="path-on-the-node", ports=(ServicePort(_PORT, 80),), endpoints=(Place.POD_A1,)),
    Service(name="path-between-nodes", ports=(ServicePort(_PORT, 80),), endpoints=(Place.POD_B1,)),
)
"""One endpoint each: of two, one would be chosen by chance."""


def flow_to(service: Service) -> Flow:
    """A pod of worker-a asks the Service's cluster IP."""
    return Flow(SENDER, ClusterIP(service, _PORT))


def path(
    service: Service,
    traced: TracedProbe,
    rules: Callable[[Place], Sequence[Rule]],
    namespaces: Namespaces,
) -> PodPath:
    """The path of a probe to a Service. rules: of a node, as they stand."""
    asked = traced.trace.probe.headers
    there = [each for each in traced.trace.of(Part.PROBE) if each.place.kind is not PlaceKind.OUTSIDE]
    entries: list[PathEntry] = []
    for place, group in groupby(there, key=lambda each: each.place):
        entries += _at(place, list(group), _passed(place, service, traced, rules), namespaces)
    [endpoint] = service.endpoints
    said = f"cluster IP {asked.destination}:{asked.destination_port} of {service.name}"
    return PodPath(SENDER, said, endpoint, tuple(entries))


def _at(
    place: Place, visit: Sequence[Sighting], rules: Sequence[PathEntry], namespaces: Namespaces
) -> Iterator[PathEntry]:
    """What a place did with a probe: as it came, the rules that it passed, the entries for its way on, as it left."""
    came, left = visit[0], visit[-1]
    is_on_its_way = place.kind is PlaceKind.NODE
    if is_on_its_way:
        yield _packet(came)
    yield from rules
    if is_on_its_way or place is SENDER:
        yield from carriers(namespaces, place, left.headers.destination)
    yield _packet(left)


def _packet(seen: Sighting) -> PathEntry:
    headers = seen.headers
    ends = f"{headers.source}:{headers.source_port} > {headers.destination}:{headers.destination_port}"
    outer = f", in {seen.tunnel}" if seen.tunnel else ""
    return PathEntry(
        seen.place, Carrier.PACKET, f"{seen.direction} at {seen.interface}: {ends}, TTL {headers.ttl}{outer}"
    )


def _passed(
    place: Place, service: Service, traced: TracedProbe, rules: Callable[[Place], Sequence[Rule]]
) -> list[PathEntry]:
    """The rules for this Service that the kernel of a place says the probe passed, in their order.

    Before them the elements of maps that name it, which no trace tells: they lead to the first of these rules.
    """
    passed = {(each.table, each.chain, each.handle): None for each in traced.passed if each.node is place}
    listed = rules(place) if passed else ()
    elements = [each for each in listed if not each.handle and service.name in each.text]
    found = {(each.table, each.chain, each.handle): each for each in listed}
    named = [found[key] for key in passed if key in found and key[2]]
    own = [each for each in named if service.name in f"{each.chain} {each.text}"]
    return [PathEntry(place, Carrier.RULE, _rule_words(each)) for each in (*elements, *own)]


def _rule_words(rule: Rule) -> str:
    handle = f" handle {rule.handle}" if rule.handle else ""
    return f"{rule.table} {rule.chain}{handle}: {rule.text}"
