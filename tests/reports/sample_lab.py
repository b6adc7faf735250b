"""A lab as it describes itself in a run."""

from hashlib import sha256

from lab.api import Deviation, Figures, LabRecord, ProgramFacts


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


def a_program(name: str, version: str, origin: str) -> ProgramFacts:
    """A program with a sum of its own."""
    return ProgramFacts(name, version, sha256(name.encode()).hexdigest(), origin)
