"""A lab as it describes itself in a run."""

from hashlib import sha256

from lab.api import (
    Carrier,
    Deviation,
    Figures,
    LabRecord,
    NodeTables,
    PathEntry,
    PodNetworkRecord,
    PodPath,
    ProgramFacts,
)


def a_lab(name: str) -> LabRecord:
    """A lab of network namespaces with flannel."""
    return LabRecord(
        lab=name,
        kind="netns",
        profile="iptables-flannel",
        kernel="6.12.38",
        kubernetes="1.36.2",
        network="flannel 0.28.1 (VXLAN)",
        programs=(
            a_program("etcd", "3.6.8", "built from pinned modules"),
            a_program(
                "kube-apiserver", "v1.36.2", "https://dl.k8s.io/v1.36.2/bin/linux/amd64/kube-apiserver"
            ),
            a_program("kube-proxy", "v1.36.2-custom", "supplied"),
            a_program("flanneld", "v0.28.1", "built from pinned modules"),
        ),
        tools={"iptables": "1.8.11 (nf_tables)", "nft": "1.1.3", "iproute2": "6.15.0"},
        deviations=(
            Deviation(
                "no kubelet and no scheduler",
                "the lab places pods and writes their status, because a kubelet needs a container engine",
            ),
            Deviation(
                "minSyncPeriod is 0",
                "rules follow a change at once; production waits up to a second",
            ),
        ),
        figures=Figures(up_seconds=6.42, programmed_seconds=(0.31, 0.18, 0.94), captured=48211, dropped=0),
    )


def a_pod_network() -> PodNetworkRecord:
    """What was read of flannel with VXLAN: the way to a pod of another node, and the tables of one node."""
    entries = (
        PathEntry("worker-a", Carrier.PACKET, "in at cni0: 10.244.1.3:33001 > 10.96.241.140:80, TTL 64"),
        PathEntry(
            "worker-a",
            Carrier.RULE,
            "ip nat KUBE-SEP-VWHI5B2B4ZW3ENFA handle 88: -p tcp -m tcp -j DNAT --to-destination 10.244.2.2:8080",
        ),
        PathEntry("worker-a", Carrier.ROUTE, "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink"),
        PathEntry("worker-a", Carrier.FORWARDING, "8e:73:fd:e8:a5:13 dst 172.18.0.12 self permanent"),
        PathEntry("worker-b", Carrier.ROUTE, "10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1"),
    )
    path = PodPath("pod-a2", "cluster IP 10.96.241.140:80 of path-between-nodes", "pod-b1", entries)
    routes = ("default via 172.18.0.254 dev eth0", "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink")
    tables = NodeTables("worker-a", ("eth0@if3 UP 172.18.0.11/24",), (), routes, (), ())
    return PodNetworkRecord((path,), (tables,))


def a_program(name: str, version: str, origin: str) -> ProgramFacts:
    """A program with a sum of its own."""
    return ProgramFacts(name, version, sha256(name.encode()).hexdigest(), origin)
