"""What the claims of the sample are about, and what a lab tells of them."""

from conformance.results import DifferenceRecord, PassedRule, Requirement
from conformance.tier import Tier
from lab.api import Rule

DOCS = "https://kubernetes.io/docs/reference/networking/virtual-ips/"
REACH = Requirement(
    id="cip-reach",
    family="ClusterIP",
    sentence="A cluster IP reaches every ready endpoint, and the endpoint sees the pod that asked.",
    source=DOCS,
    tier=Tier.CORE,
)
BAD_PORT = Requirement(
    id="cip-badport",
    family="ClusterIP",
    sentence="A port that the Service does not have is refused on its cluster IP.",
    source=f"{DOCS}#migrating-from-iptables-mode-to-nftables",
    tier=Tier.EXTENDED,
)
NO_ENDPOINTS = Requirement(
    id="noep-cip",
    family="Services without endpoints",
    sentence="A cluster IP without any endpoint refuses, so that the sender need not wait.",
    source="KEP-2433, section Design details",
    tier=Tier.CORE,
)
NODE_PORT = Requirement(
    id="np-cluster",
    family="NodePort",
    sentence="A node port answers on every node, and the endpoint sees an address of that node.",
    source=f"{DOCS}#external-traffic-policy",
    tier=Tier.CORE,
)
KNOWN = DifferenceRecord(
    kind="documented",
    reason="iptables mode translates only the ports that a Service has and leaves the rest to the routes.",
    link=f"{DOCS}#migrating-from-iptables-mode-to-nftables",
    since="",
    until="",
)
RULE = Rule(
    "ip nat",
    "KUBE-NODEPORTS",
    532,
    '-p tcp -m comment --comment "default/echo:http" -m tcp --dport 30080 -j KUBE-EXT-QUMPV5Z3SF2IMFUJ',
)
CONNECTION = (
    "tcp 9 CLOSE src=172.18.0.100 dst=172.18.0.11 sport=51544 dport=30080 "
    "src=10.244.2.10 dst=10.244.1.0 sport=8080 dport=23817 mark=0"
)
PASSED = PassedRule(
    "worker-a",
    "ip nat",
    "KUBE-NODEPORTS",
    532,
    "jump KUBE-EXT-QUMPV5Z3SF2IMFUJ",
    RULE.text,
    "default/echo:http",
    "",
)
POLICY = PassedRule("worker-a", "ip nat", "PREROUTING", 0, "policy accept", "", "", "")
NOT_SUPPORTED = "this kernel has no SCTP\n  try: modprobe sctp"
SPREAD = "enough to see each of 2 endpoints that are chosen evenly"
LAB_ERROR = """\
kube-proxy of worker-c ended by itself
  command: kube-proxy --config=/run/svcproof/worker-c/kube-proxy.yaml
  output:
    E0804 09:12:31.118 proxier.go:1541] "Failed to execute iptables-restore" err="exit status 4"
    <script>alert("this text is data")</script>
  try: svcproof doctor"""
