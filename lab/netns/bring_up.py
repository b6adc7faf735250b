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
from lab.model import NODES, PODS, Destination, Facts, Interface, NodeAddress, Place, ProxyHas
from lab.netns import control_plane, kube_proxy, nodes, plan, pods, topology
from lab.netns.barrier import Barrier
from lab.netns.cluster import NetnsCluster
from lab.netns.daemon import Daemon, Launcher, check
from lab.netns.inspection import Inspection
from lab.netns.namespaces import UNDERLAY, Namespaces
from lab.netns.order import LabOrder
from lab.netns.zones import Zones
from lab.networks import flannel
from lab.polling import Limit, wait_until
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
        say("starting kube-proxy and flanneld on three nodes")
        cluster = _start_cluster(order, name, launcher, state, plane, kube, captures, exchange)
        cluster.daemons += (echo,)
        _wait_echo(echo)
        cluster.check()
        say("waiting for the first rules of every node")
        cluster.barrier.create()
        cluster.zones.create()
        cluster.barrier.wait()
        cluster.zones.wait()
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
    daemons = (
        *plane.daemons,
        control_plane.start_controllers(components, launcher, plane.kubeconfig),
        *nodes.start_flanneld(mode, order.backend, components, launcher, plane.kubeconfig, state),
    )
    program = components[Program.KUBE_PROXY].path
    proxies = kube_proxy.KubeProxies(mode, program, launcher, plane.kubeconfig, state)
    proxies.start(ProxyHas())
    pool = pods.PodPool(kube, launcher.namespaces, _cni_programs(order), state)
    addresses = pool.make(_cni_plugins(state, daemons))
    return NetnsCluster(
        order=order,
        name=name,
        namespaces=launcher.namespaces,
        kube=kube,
        daemons=daemons,
        captures=captures,
        exchange=exchange,
        barrier=Barrier(kube, exchange, lambda: check(*daemons, *proxies.running())),
        zones=Zones(kube, exchange),
        pod_pool=pool,
        proxies=proxies,
        inspection=Inspection(
            launcher.namespaces, kube, mode, lambda node: kube_proxy.lock_of_its_own(state, node)
        ),
        standing=_facts(launcher.namespaces, addresses),
    )


def _cni_programs(order: LabOrder) -> Mapping[str, Path]:
    wanted = (Program.BRIDGE, Program.HOST_LOCAL, Program.PORTMAP, Program.LOOPBACK)
    return {program.value: order.components[program].path for program in wanted}


def _cni_plugins(state: Path, daemons: tuple[Daemon, ...]) -> dict[Place, list[dict[str, object]]]:
    """The CNI configuration of each node, once flanneld has its lease."""
    plugins = {}
    for node in NODES:
        subnet = flannel.wait_subnet(nodes.subnet_file(state, node), lambda: check(*daemons))
        plugins[node] = flannel.cni_plugins(subnet, str(plan.POD_CIDR), state / f"cni-{node}")
    return plugins


def _wait_echo(echo: Daemon) -> None:
    def listening() -> bool | None:
        echo.check()
        return "listening" in echo.last_lines() or None

    wait_until("the echo listens in every pod", Limit.NETWORK_READY, listening)


def _addresses_of(node: Place, listed: Sequence[Interface]) -> Mapping[NodeAddress, IPv4Address]:
    """The addresses of a node that flows may name."""
    [bridge] = [each for each in listed if each.place is node and each.name == "cni0"]
    return MappingProxyType(
        {
            NodeAddress.PRIMARY: plan.NODE_ADDRESSES[node],
            NodeAddress.SECONDARY: plan.SECONDARY_ADDRESSES[node],
            NodeAddress.BRIDGE: bridge.addresses[0],
            NodeAddress.LOOPBACK: IPv4Address("127.0.0.1"),
        }
    )


def _facts(namespaces: Namespaces, pod_addresses: Mapping[Place, IPv4Address]) -> Facts:
    """Who has which address, from the plan, the CNI results and the nodes' kernels."""
    primary = {**plan.NODE_ADDRESSES, **plan.OUTSIDE_ADDRESSES, **pod_addresses}
    listed = [each for node in NODES for each in nodes.interfaces(namespaces, node)]
    listed += [Interface(pod, "eth0", (pod_addresses[pod],)) for pod in PODS]
    listed += [Interface(place, "eth0", (address,)) for place, address in plan.OUTSIDE_ADDRESSES.items()]
    owners = {address: each.place for each in listed for address in each.addresses}
    return Facts(
        interfaces=tuple(listed),
        primary=MappingProxyType(primary),
        node_addresses=MappingProxyType({node: _addresses_of(node, listed) for node in NODES}),
        unallocated=plan.UNALLOCATED,
        owners=MappingProxyType({**owners, plan.ROUTER_BEYOND: Place.ROUTER}),
        listeners=frozenset(plan.ECHO_PORTS),
        services=MappingProxyType({}),
        api=Destination(plan.CONTROL, plan.API_PORT),
    )
