"""Brings a lab up, step by step. Everything that can be started early is."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from types import MappingProxyType

from lab.components.program import Program
from lab.kube import Kube
from lab.model import NODES, PODS, Destination, Facts, Interface, NetworkFacts, NodeAddress, Place, ProxyHas
from lab.netns import control_plane, kube_proxy, neighbours, nodes, plan, pods, topology
from lab.netns.barrier import Barrier
from lab.netns.cluster import NetnsCluster
from lab.netns.daemon import Daemon, Launcher, check
from lab.netns.inspection import Inspection
from lab.netns.namespaces import UNDERLAY, Namespaces
from lab.netns.order import LabOrder
from lab.netns.reach import wait_pods_reach
from lab.netns.service_range import ServiceRange
from lab.netns.zones import Zones
from lab.networks.chosen import network_on
from lab.networks.network import Site
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
    state, logs = STATE / name, order.logs / name
    state.mkdir(parents=True)
    logs.mkdir(parents=True, exist_ok=True)
    namespaces = Namespaces(prefix)
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
        say(f"starting kube-proxy and {order.profile.network} on three nodes")
        cluster = _start_cluster(order, name, launcher, state, plane, kube, captures, exchange)
        cluster.daemons += (echo,)
        _wait_echo(echo)
        cluster.check()
        say("waiting for the pod network")
        wait_pods_reach(exchange, cluster.standing.primary, cluster.check)
        say("waiting for the first rules of every node")
        cluster.barrier.create()
        cluster.zones.create()
        cluster.barrier.wait()
        cluster.zones.wait()
        cluster.service_range.wait()
        cluster.up_seconds = time.monotonic() - start
        say(f"lab {name} is up after {cluster.up_seconds:.1f} s")
        yield cluster


def _start_cluster(
    order: LabOrder,
    name: str,
    launcher: Launcher,
    state: Path,
    plane: control_plane.ControlPlane,
    kube: Kube,
    captures: Captures,
    exchange: Exchange,
) -> NetnsCluster:
    """From an API that answers to nodes with a network and pods."""
    mode, components = order.profile.proxy_mode, order.components
    nodes.create_nodes(kube)
    site = Site(
        launcher=launcher,
        kube=kube,
        kubeconfig=plane.kubeconfig,
        components=components,
        mode=mode,
        encapsulation=order.encapsulation,
        state=state,
        calico=order.calico,
    )
    network = network_on(site, order.profile.network)
    controllers = control_plane.start_controllers(components, launcher, plane.kubeconfig)
    network_daemons = network.start()
    daemons = (*plane.daemons, controllers, *network_daemons)
    program = components[Program.KUBE_PROXY].path
    proxies = kube_proxy.KubeProxies(mode, program, launcher, plane.kubeconfig, state, network.pod_interfaces)
    proxies.start(ProxyHas())
    network.wait(lambda: check(*daemons))
    pool = pods.PodPool(kube, network.attach)
    addresses = pool.make()
    return NetnsCluster(
        order=order,
        name=name,
        namespaces=launcher.namespaces,
        kube=kube,
        daemons=daemons,
        captures=captures,
        exchange=exchange,
        network=network,
        network_daemons=network_daemons,
        barrier=Barrier(kube, exchange, lambda: check(*daemons, *proxies.running())),
        zones=Zones(kube, exchange),
        service_range=ServiceRange(kube, exchange, mode),
        pod_pool=pool,
        proxies=proxies,
        inspection=Inspection(
            launcher.namespaces, kube, mode, lambda node: kube_proxy.lock_of_its_own(state, node)
        ),
        standing=_facts(launcher.namespaces, addresses, network.pod_interfaces.bridge, order.encapsulation),
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
