"""Brings a lab up, step by step. Everything that can be started early is."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from types import MappingProxyType

from lab.components.program import Program
from lab.kube import Kube
from lab.model import NODES, PODS, Destination, Facts, Interface, NetworkFacts, NodeAddress, Place
from lab.netns import control_plane, kube_proxy, neighbours, nodes, plan, pods, topology
from lab.netns.barrier import Barrier
from lab.netns.cluster import NetnsCluster
from lab.netns.daemon import Daemon, Launcher, check
from lab.netns.inspection import Inspection
from lab.netns.interfaces import PodInterfaces
from lab.netns.namespaces import UNDERLAY, Namespaces
from lab.netns.order import LabOrder
from lab.netns.reach import wait_pods_reach
from lab.netns.service_range import ServiceRange
from lab.netns.serving import Serving
from lab.netns.zones import Zones
from lab.networks.chosen import network_on
from lab.networks.network import Network, Site
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation
from lab.traffic.connections import Connections
from lab.traffic.exchange import Exchange
from lab.traffic.places import Captures, Senders

STATE = Path("/run/svcproof")
"""In the capsule's own memory: etcd's data, keys and leases of a lab end with it."""

Say = Callable[[str], None]


@contextmanager
def lab_up(order: LabOrder, name: str, prefix: str, say: Say) -> Iterator[NetnsCluster]:
    """A lab for the body of a with statement. Must run in a capsule. name: of this lab among those of a run."""
    start = time.monotonic()
    with _ground(order, name, Namespaces(prefix), say) as ground:
        say(f"starting kube-proxy and {order.profile.network} on three nodes")
        cluster = _start_cluster(ground)
        _wait_echo(ground.echo)
        cluster.check()
        say("waiting for the pod network")
        wait_pods_reach(ground.exchange, cluster.standing.primary, cluster.check)
        say("waiting for the first rules of every node")
        cluster.serving.start()
        cluster.up_seconds = time.monotonic() - start
        say(f"lab {name} is up after {cluster.up_seconds:.1f} s")
        yield cluster


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a cluster is started on: an API that answers, and places between which packets are sent and captured."""

    order: LabOrder
    name: str
    launcher: Launcher
    state: Path
    plane: control_plane.ControlPlane
    kube: Kube
    echo: Daemon
    captures: Captures
    exchange: Exchange


@contextmanager
def _ground(order: LabOrder, name: str, namespaces: Namespaces, say: Say) -> Iterator[_Ground]:
    """The ground of a lab for the body of a with statement; the echo may not listen yet."""
    state, logs = STATE / name, order.logs / name
    state.mkdir(parents=True)
    logs.mkdir(parents=True, exist_ok=True)
    topology.build(namespaces)
    with ExitStack() as stack:
        launcher = Launcher(namespaces, logs, dict(os.environ))
        stack.callback(launcher.end)
        # This process stands where kube-apiserver is; its sockets elsewhere are opened by short visits.
        stack.enter_context(namespaces.inside(UNDERLAY))
        say("starting etcd and kube-apiserver")
        plane = control_plane.start_storage_and_api(order.components, launcher, state)
        echo = launcher.start("echo", UNDERLAY, pods.echo_command(order.python, namespaces))
        captures = stack.enter_context(closing(Captures(namespaces.inside, Place, plan.CONTROL)))
        senders = stack.enter_context(closing(Senders(namespaces.inside)))
        marks = Random(f"{order.seed}/{name}")  # noqa: S311 - to be repeated, not to be secret
        connections = stack.enter_context(closing(Connections(namespaces.inside)))
        exchange = Exchange(captures, senders, connections, marks)
        kube = stack.enter_context(closing(control_plane.connect(plane)))
        yield _Ground(order, name, launcher, state, plane, kube, echo, captures, exchange)


def _start_cluster(on: _Ground) -> NetnsCluster:
    """From an API that answers to nodes with a network and pods."""
    nodes.create_nodes(on.kube)
    network = network_on(_site(on), on.order.profile.network)
    controllers = control_plane.start_controllers(on.order.components, on.launcher, on.plane.kubeconfig)
    network_daemons = network.start()
    daemons = (*on.plane.daemons, controllers, *network_daemons, on.echo)
    proxies = _proxies(on, network.pod_interfaces)
    proxies.have(())
    network.wait(lambda: check(*daemons))
    pool = pods.PodPool(on.kube, network.attach)
    namespaces, mode = on.launcher.namespaces, on.order.profile.proxy_mode
    return NetnsCluster(
        order=on.order,
        name=on.name,
        namespaces=namespaces,
        kube=on.kube,
        daemons=daemons,
        captures=on.captures,
        exchange=on.exchange,
        network=network,
        network_daemons=network_daemons,
        serving=_serving(on, network, pool, proxies, lambda: check(*daemons, *proxies.running())),
        inspection=Inspection(
            namespaces, on.kube, mode, lambda node: kube_proxy.lock_of_its_own(on.state, node)
        ),
    )


def _site(on: _Ground) -> Site:
    """What the network is built on."""
    return Site(
        launcher=on.launcher,
        kube=on.kube,
        kubeconfig=on.plane.kubeconfig,
        components=on.order.components,
        mode=on.order.profile.proxy_mode,
        encapsulation=on.order.encapsulation,
        state=on.state,
        calico=on.order.calico,
    )


def _proxies(on: _Ground, interfaces: PodInterfaces) -> kube_proxy.KubeProxies:
    """The kube-proxies, not started yet."""
    program = on.order.components[Program.KUBE_PROXY].path
    mode = on.order.profile.proxy_mode
    return kube_proxy.KubeProxies(mode, program, on.launcher, on.plane.kubeconfig, on.state, interfaces)


def _serving(
    on: _Ground,
    network: Network,
    pool: pods.PodPool,
    proxies: kube_proxy.KubeProxies,
    check_all: Callable[[], None],
) -> Serving:
    """Makes the pods; nothing is served by them yet."""
    namespaces, addresses = on.launcher.namespaces, pool.make()
    return Serving(
        kube=on.kube,
        namespaces=namespaces,
        barrier=Barrier(on.kube, on.exchange, check_all),
        zones=Zones(on.kube, on.exchange),
        service_range=ServiceRange(on.kube, on.exchange, on.order.profile.proxy_mode),
        pod_pool=pool,
        proxies=proxies,
        logs=on.order.logs / on.name,
        facts=_facts(namespaces, addresses, network.pod_interfaces.bridge, on.order.encapsulation),
    )


def _wait_echo(echo: Daemon) -> None:
    def listening() -> bool | None:
        echo.check()
        return "listening" in echo.last_lines() or None

    wait_until("the echo listens at every pod and node", Limit.NETWORK_READY, listening)


def _addresses_of(node: Place, listed: Sequence[Interface], bridge: str) -> Mapping[NodeAddress, IPv4Address]:
    """The addresses of a node that flows may name. bridge: towards its pods, where the network has one."""
    named = {
        NodeAddress.PRIMARY: plan.NODE_ADDRESSES[node],
        NodeAddress.SECONDARY: plan.SECONDARY_ADDRESSES[node],
        NodeAddress.OTHER_NETWORK: plan.OTHER_NETWORK_ADDRESSES[node],
        NodeAddress.LOOPBACK: IPv4Address("127.0.0.1"),
    }
    for each in listed:
        if each.place is node and each.name == bridge:
            named[NodeAddress.BRIDGE] = each.addresses[0]
    return MappingProxyType(named)


def _facts(
    namespaces: Namespaces,
    pod_addresses: Mapping[Place, IPv4Address],
    bridge: str,
    encapsulation: Encapsulation,
) -> Facts:
    """Who has which address, from the plan, the network and the nodes' kernels."""
    primary = {**plan.NODE_ADDRESSES, **plan.OUTSIDE_ADDRESSES, **pod_addresses}
    listed = [each for node in NODES for each in nodes.interfaces(namespaces, node)]
    listed += [Interface(pod, "eth0", (pod_addresses[pod],)) for pod in PODS]
    listed += [Interface(place, "eth0", (address,)) for place, address in plan.OUTSIDE_ADDRESSES.items()]
    owners = {address: each.place for each in listed for address in each.addresses}
    bridged = any(each.name == bridge for each in listed)
    gateways = MappingProxyType({pod: neighbours.gateway(namespaces, pod) for pod in PODS})
    network = NetworkFacts(encapsulation, nodes.pod_mtu(namespaces, PODS[0]), bridged, gateways)
    return Facts(
        interfaces=tuple(listed),
        primary=MappingProxyType(primary),
        node_addresses=MappingProxyType({node: _addresses_of(node, listed, bridge) for node in NODES}),
        unallocated=plan.UNALLOCATED,
        owners=MappingProxyType({**owners, plan.ROUTER_BEYOND: Place.ROUTER}),
        listeners=frozenset(plan.ECHO_PORTS),
        services=MappingProxyType({}),
        api=Destination(plan.CONTROL, plan.API_PORT),
        network=network,
    )
