"""What stands on the page already is led to, with all that is other here."""

from dataclasses import replace

from conformance.results import ClaimResult, Verdict
from lab.api import Rule
from reports.catalogue import Entry
from reports.document import shown
from reports.place import Place, places
from reports.repeats import Earlier, Repeats, one_claim
from tests.reports.sample import reached, sample_run

MANIFEST = """\
kind: Service
metadata:
  name: echo
spec:
  clusterIP: 10.96.14.7
  type: ClusterIP
  ports:
  - 80
"""
SLICE = """\
kind: EndpointSlice
metadata:
  name: echo-wdkkl
  annotations:
    endpoints.kubernetes.io/last-change-trigger-time: '2026-11-21T15:33:49Z'
endpoints:
- addresses:
  - 10.244.1.2
  nodeName: worker-a
- addresses:
  - 10.244.2.2
  nodeName: worker-b
ports:
- port: 8080
"""
RULES = tuple(
    Rule("ip nat", "KUBE-SVC-AAAA", handle, f"-m statistic -j KUBE-SEP-{handle}") for handle in (7, 8)
)
RUN, OTHER = shown([sample_run(), replace(sample_run(), profile="nftables-flannel")])


def _claim(manifests: str = MANIFEST, verdict: Verdict = Verdict.PASS) -> ClaimResult:
    return replace(reached(), manifests=manifests, verdict=verdict)


def _place(claim: str, run: str = "iptables-flannel") -> Place:
    return Place(f"{claim}@{run}", claim, run)


def _manifests(repeats: Repeats, claim: ClaimResult, place: Place) -> Earlier | None:
    [found] = repeats.manifests(Entry(place.claim, ((RUN, claim),)), [place])
    return found


def test_the_same_is_led_to() -> None:
    """The first claim shows it, the next leads there, whichever run it is of."""
    repeats = Repeats()
    assert _manifests(repeats, _claim(), _place("one")) is None
    assert _manifests(repeats, _claim(), _place("one", "nftables-flannel")) == Earlier(_place("one"))


def test_what_has_another_name_is_told() -> None:
    """Names that were allotted anew, each once; and not when the API wrote something, which nobody asks for."""
    repeats = Repeats()
    _manifests(repeats, _claim(MANIFEST + SLICE), _place("one"))
    anew = (MANIFEST + SLICE).replace("10.96.14.7", "10.96.3.1").replace("wdkkl", "q8dzt")
    other = _claim(anew.replace("15:33:49", "16:00:00"))
    names = (("10.96.14.7", "10.96.3.1"), ("wdkkl", "q8dzt"))
    assert _manifests(repeats, other, _place("one", "nftables-flannel")) == Earlier(_place("one"), names)


def test_endpoints_have_no_order() -> None:
    """An EndpointSlice with the same endpoints is the same, and it is said that they stand otherwise."""
    repeats = Repeats()
    _manifests(repeats, _claim(MANIFEST + SLICE), _place("one"))
    head, first, second, tail = (
        (MANIFEST + SLICE)
        .replace("ports:\n- port", "@ports:\n- port")
        .replace("- addresses", "@- addresses")
        .split("@")
    )
    turned = _manifests(repeats, _claim(head + second + first + tail), _place("two"))
    assert turned == Earlier(_place("one"), is_reordered=True)


def test_what_differs_a_little_is_told() -> None:
    """The lines that are other, there and here."""
    repeats = Repeats()
    _manifests(repeats, _claim(), _place("one"))
    other = MANIFEST.replace("- 80", "- 81")
    earlier = _manifests(repeats, _claim(other), _place("two"))
    assert earlier == Earlier(_place("one"), (), ("-  - 80", "+  - 81"))


def test_what_differs_much_is_shown() -> None:
    """Another Service, or the same all changed, stands whole."""
    repeats = Repeats()
    _manifests(repeats, _claim(), _place("one"))
    assert _manifests(repeats, _claim(MANIFEST.replace("echo", "other")), _place("two")) is None
    changed = (
        "kind: Service\nmetadata:\n  name: echo\nspec:\n  type: LoadBalancer\n  sessionAffinity: ClientIP\n"
    )
    assert _manifests(repeats, _claim(changed), _place("three")) is None


def test_rules_written_anew_have_other_handles() -> None:
    """The words once, the handles of each."""
    repeats = Repeats()
    anew = tuple(replace(rule, handle=rule.handle + 10) for rule in RULES)
    assert repeats.rules(_claim(), _place("one"), RULES) is None
    assert repeats.rules(_claim(), _place("two"), RULES) == Earlier(_place("one"))
    assert repeats.rules(_claim(), _place("three"), anew) == Earlier(_place("one"), handles=(17, 18))


def test_handles_stand_as_the_rules_do_there() -> None:
    """Rules of two Services that follow each other otherwise: their handles here, in the order of there."""
    repeats = Repeats()
    first, second = (
        Rule("ip nat", "KUBE-SERVICES", handle, f"--comment {name} -j KUBE-SVC-AAAA")
        for name, handle in (("one", 7), ("two", 8))
    )
    repeats.rules(_claim(), _place("one"), (first, second))
    turned = (replace(second, handle=11), replace(first, handle=12))
    expected = Earlier(_place("one"), handles=(12, 11), is_reordered=True)
    assert repeats.rules(_claim(), _place("two"), turned) == expected


def test_rules_that_a_packet_meets_in_turn_have_an_order() -> None:
    """In the chain of a Service, what drops before it accepts is no other order of the same."""
    repeats = Repeats()
    accepts, drops = (
        Rule("ip filter", "KUBE-FW-ABCDEFGHIJKLMN23", 7, words)
        for words in ("-s 10.0.0.0/8 -j ACCEPT", "-j DROP")
    )
    repeats.rules(_claim(), _place("one"), (accepts, drops))
    found = repeats.rules(_claim(), _place("two"), (drops, accepts))
    assert found is None or found.changes


def test_a_probability_is_a_difference() -> None:
    """Endpoints that are chosen more often than there."""
    repeats = Repeats()
    halves, rest = (
        Rule("ip nat", "KUBE-SVC-AAAA", 7, f"{chance}-j KUBE-SEP-{name}")
        for name, chance in (("AAAA1", "--probability 0.50000000000 "), ("AAAA2", ""))
    )
    repeats.rules(_claim(), _place("one"), (halves, rest))
    other = replace(halves, text=halves.text.replace("0.50000000000", "0.33333333349"))
    found = repeats.rules(_claim(), _place("two"), (other, rest))
    assert found is None or found.changes


def test_the_same_sightings_are_led_to() -> None:
    """Of a run, with the addresses that are others; another run, another way and a claim that fails show their own."""
    repeats = Repeats()
    [way, *_] = reached().ways
    steps = tuple(replace(step, source=step.source.replace("40112", "40999")) for step in way.steps)
    steps = tuple(
        replace(step, destination=step.destination.replace("40112", "40999"), time_us=1) for step in steps
    )
    assert repeats.wire(_claim(), _place("one"), way) is None
    found = repeats.wire(_claim(), _place("two"), replace(way, steps=steps))
    assert found == Earlier(_place("one"), (("40112", "40999"),))
    assert repeats.wire(_claim(), _place("two", "nftables-flannel"), way) is None
    assert repeats.wire(_claim(), _place("three"), replace(way, steps=way.steps[1:])) is None
    assert repeats.wire(_claim(verdict=Verdict.FAIL), _place("four"), way) is None


def test_a_claim_that_fails_shows_its_own() -> None:
    """Whatever stands elsewhere."""
    repeats = Repeats()
    _manifests(repeats, _claim(), _place("one"))
    assert _manifests(repeats, _claim(verdict=Verdict.FAIL), _place("two")) is None


def test_what_every_run_leads_to_is_said_once() -> None:
    """One claim that has shown it in each run; not so where a run leads to another run, or tells of a difference."""
    entry = Entry("two", ((RUN, _claim()), (OTHER, _claim())))
    here = places(entry, many=True)
    there = [Earlier(_place("one", run.label)) for run in (RUN, OTHER)]
    assert one_claim(there, here) == there[0].place
    assert one_claim([there[0], there[0]], here) is None
    assert one_claim([there[0], replace(there[1], names=(("10.96.14.7", "10.96.3.1"),))], here) is None
    assert one_claim([there[0], None], here) is None


def test_a_place_is_named_as_far_as_it_is_another() -> None:
    """The claim, the run, or both."""
    here = _place("one")
    assert _place("two").seen_from(here) == "two"
    assert _place("one", "nftables-flannel").seen_from(here) == "in nftables-flannel"
    assert _place("two", "nftables-flannel").seen_from(here) == "two in nftables-flannel"
