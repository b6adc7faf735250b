"""Whether an open flow stays at the endpoint that it has, when endpoints and Services change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.oracle.doors import is_proxied
from conformance.oracle.endpoints import Endpoint, endpoints_of
from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import Arrival, Delivered, Dropped, Forwarded, Outcome
from lab.model import Circumstance, Flow, PodIs, PodState, Protocol, Service, ServiceTarget, Transport


@dataclass(frozen=True, slots=True)
class Past:
    """What an open flow came to so far, and in which circumstances it last did."""

    outcome: Outcome
    when: tuple[Circumstance, ...]


def goes_on(setting: Setting, flow: Flow, target: ServiceTarget, past: Past) -> bool:
    """Whether packets of a flow come to what they came to before. target: what it asked for when it was opened.

    A TCP connection stays where it is while the pod lives. A UDP flow stays at an endpoint that serves, also while
    that terminates, and is a new one else; traffic policies, topology and what has become of the door do not count.
    One that nobody translated stays so until the endpoints of some Service with UDP change.

    Source: pkg/proxy/conntrack/cleanup.go CleanStaleEntries; TestCleanStaleEntries; pkg/proxy/endpointschangetracker.go
    ConntrackCleanupRequired; for Services without endpoints and deleted ones
    https://github.com/kubernetes/kubernetes/pull/139629 and .../141371.
    """
    if isinstance(past.outcome, Forwarded) and flow.transport is Transport.UDP:
        return not _is_cleared(replace(setting, when=past.when), setting)
    if not isinstance(past.outcome, Delivered):
        return False
    arrival = _the_only(past.outcome)
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


def _is_cleared(was: Setting, now: Setting) -> bool:
    """Whether kube-proxy has looked through conntrack for UDP flows that are served otherwise by now.

    Where Services and pods have changed, pods did last.
    """
    given = was.world.services.values()
    if all(was.now(each) == now.now(each) for each in given):
        return any(_slices(was, each) != _slices(now, each) for each in given)
    kept = (each for each in now.when if not isinstance(each, PodIs) or each in was.when)
    before_pods = replace(now, when=tuple(kept))
    if any(_slices(before_pods, each) != _slices(now, each) for each in given):
        return True
    if any(_slices(was, each) != _slices(now, each) for each in given):
        raise Undocumented("whether kube-proxy has seen first that a Service changed, or that endpoints did")
    return False


def _slices(setting: Setting, given: Service) -> Sequence[Sequence[Endpoint]]:
    """What kube-proxy is told of the endpoints of a Service with a UDP port."""
    now = setting.now(given)
    if (
        now is None
        or not is_proxied(setting, now)
        or all(port.protocol is not Protocol.UDP for port in now.ports)
    ):
        return ()
    return [endpoints_of(setting, now, port) for port in now.ports]


def _the_only(before: Delivered) -> Arrival:
    if len(before.arrivals) > 1:
        raise Undocumented("which of several endpoints an open flow was given")
    [arrival] = before.arrivals
    return arrival
