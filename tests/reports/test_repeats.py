"""What stands on the page already is led to, with all that is other here."""

from dataclasses import replace

from conformance.results import ClaimResult, Verdict
from lab.api import Rule
from reports.repeats import Earlier, Repeats
from tests.reports.sample import reached

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
RULES = tuple(
    Rule("ip nat", "KUBE-SVC-AAAA", handle, f"-m statistic -j KUBE-SEP-{handle}") for handle in (7, 8)
)


def _claim(manifests: str = MANIFEST, verdict: Verdict = Verdict.PASS) -> ClaimResult:
    return replace(reached(), manifests=manifests, verdict=verdict)


def test_the_same_is_led_to() -> None:
    """The first claim shows it, the next leads there, whichever run it is of."""
    repeats = Repeats()
    assert repeats.manifests(_claim(), "one@iptables-flannel") is None
    assert repeats.manifests(_claim(), "one@nftables-flannel") == Earlier("one@iptables-flannel")


def test_what_differs_a_little_is_told() -> None:
    """The lines that are other, there and here."""
    repeats = Repeats()
    repeats.manifests(_claim(), "one")
    other = MANIFEST.replace("10.96.14.7", "10.96.3.1")
    earlier = repeats.manifests(_claim(other), "two")
    assert earlier == Earlier("one", ("-  clusterIP: 10.96.14.7", "+  clusterIP: 10.96.3.1"))


def test_what_differs_much_is_shown() -> None:
    """Another Service, or the same all changed, stands whole."""
    repeats = Repeats()
    repeats.manifests(_claim(), "one")
    assert repeats.manifests(_claim(MANIFEST.replace("echo", "other")), "two") is None
    changed = (
        "kind: Service\nmetadata:\n  name: echo\nspec:\n  type: LoadBalancer\n  sessionAffinity: ClientIP\n"
    )
    assert repeats.manifests(_claim(changed), "three") is None


def test_rules_written_anew_have_other_handles() -> None:
    """The words once, the handles of each; of another run nothing is led to."""
    repeats = Repeats()
    anew = tuple(replace(rule, handle=rule.handle + 10) for rule in RULES)
    assert repeats.rules(_claim(), "one", "nftables-flannel", RULES) is None
    assert repeats.rules(_claim(), "two", "nftables-flannel", RULES) == Earlier("one")
    assert repeats.rules(_claim(), "three", "nftables-flannel", anew) == Earlier("one", (), (17, 18))
    assert repeats.rules(_claim(), "four", "nftables-calico", RULES) is None


def test_a_claim_that_fails_shows_its_own() -> None:
    """Whatever stands elsewhere."""
    repeats = Repeats()
    repeats.manifests(_claim(), "one")
    assert repeats.manifests(_claim(verdict=Verdict.FAIL), "two") is None
