"""x."""
import pytest
from tests.svcproof.scenario_run import ScenarioRun
pytest_plugins = ["pytester"]

GOOD = """
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(HTTP,))
pytestmark = given(ECHO)

@requirement("cip-basic")
@claims(
    one=Claim(Flow(Place.POD_A2, ClusterIP(ECHO, "http")), delivered(A1, B1, source=Kept())),
    two=Claim(Flow(Place.POD_B2, ClusterIP(ECHO, "http")), delivered(A1, B1, source=Kept())),
)
def test_it(live, flow, expect):
    assert live.observe(flow) == expect
"""
OTHER = GOOD.replace("cip-basic", "cip-node").replace("A1, B1)", "A1,)")

def show(e):
    print(e.code, e.run and (e.run.exit_code, e.verdicts, e.run.errors, e.run.interrupted))
    print(e.out)

@pytest.mark.parametrize("mode", ["here", "xdist"])
@pytest.mark.parametrize("what", ["good", "unknown-claim", "same-service", "unknown-req", "noclaims", "sameid", "x", "lab"])
def test_x(pytester, what, mode):
    s = ScenarioRun(pytester)
    s.scenario("a", GOOD)
    args = []
    if what == "unknown-claim": args = ["--svcproof-claim=nope"]
    if what == "same-service": s.scenario("b", OTHER)
    if what == "unknown-req": s.scenario("b", GOOD.replace("cip-basic", "foo"))
    if what == "noclaims": s.scenario("b", "def test_b(): pass")
    if what == "sameid": s.scenario("b", GOOD)
    if what == "x":
        args = ["-x"]
        s.lab('{"echo": Dropped()}')
    if what == "lab": s.lab('trouble=DaemonDied("etcd ended", output="log")')
    e = s.here(*args) if mode == "here" else s.apart("-n2", "--dist", "loadscope", *args)
    show(e)
    assert 0
