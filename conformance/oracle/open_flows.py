"""Whether an open flow stays at the endpoint that it has, when endpoints and Services change."""

from conformance.oracle.endpoints import endpoints_of
from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import Arrival, Delivered, Dropped, Outcome
from lab.model import Flow, PodState, ServiceTarget, Transport


def goes_on(setting: Setting, flow: Flow, target: ServiceTarget, before: Outcome | None) -> bool:
    """Whether packets of a flow come to what they came to before. target: what it asked for when it was opened.

    A TCP connection stays where it is while the pod lives. A UDP flow stays at an endpoint that serves, also while
    that terminates, and is a new one else; traffic policies, topology and what has become of the door do not count.

    Source: pkg/proxy/conntrack/cleanup.go CleanStaleEntries; TestCleanStaleEntries; for Services without endpoints and
    deleted ones https://github.com/kubernetes/kubernetes/pull/139629 and .../141371.
    """
    if not isinstance(before, Delivered):
        return False
    arrival = _the_only(before)
    if flow.transport is Transport.TCP:
        if setting.state(arrival.place) is PodState.GONE:
            raise Undocumented(f"what becomes of a connection to {arrival.place}, which is gone")
        return True
    service = setting.now(target.service)
    return service is not None and any(
        (each.pod, each.port) == (arrival.place, arrival.port) and (each.ready or each.serves_until_its_end)
        for port in service.ports
        if port.name == target.port
        for each in endpoints_of(setting, service, port)
    )


def beyond_the_window() -> Outcome:
    """What becomes of a segment that conntrack takes for invalid: no node forwards it, untranslated as it is.

    Source: https://github.com/kubernetes/kubernetes/issues/74839; test/e2e/network/conntrack.go "proxy implementation
    should not be vulnerable to the invalid conntrack state bug".
    """
    return Dropped()


def _the_only(before: Delivered) -> Arrival:
    if len(before.arrivals) > 1:
        raise Undocumented("which of several endpoints an open flow was given")
    [arrival] = before.arrivals
    return arrival
