"""The records of faults that survive: of each, why nobody's packets become any other.

Every one was shown by packets: all flows of svcproof.sabotage.equivalence had the same outcomes with it and without.
"""

from lab.profiles import NetworkName
from svcproof.sabotage.recorded import IPTABLES, NFTABLES, Recorded

_TRANSLATED = (
    "Packets of an open flow are translated before this rule sees them: it asks for an address that they do not bear "
    "any more, so that whether it looks at new flows only makes no difference to them."
)
_REACHED_BY_ONE_PORT = (
    "The chain is reached from a rule or an element that has asked for the protocol and port already."
)
_NODES_ARE_NO_PODS = (
    "Nodes send from their own addresses, outside clients from theirs: "
    "of those that come to this rule none is a pod."
)
_PODS_ARE_SERVED_BEFORE = (
    "With policy Local, pods are served by the rules before this one and never come to it."
)
_A_NODE_IS_ASKED_BY_NODES = (
    "The endpoint is a node's own address: what pods send there, the network masquerades; what comes by a front door "
    "from outside was marked there; and the rest are a node's own packets, which bear its address."
)
_KERNEL_REFUSES_TOO = "Without this rule the kernel refuses itself, in the same way: nothing listens there."
_FORWARD_ACCEPTS = (
    "The rule accepts what nothing would drop: the policy of FORWARD and INPUT is ACCEPT in the lab, as kernels have "
    "it, and flannel accepts what comes from pods and goes to them."
)
_CLUSTER_IPS_REFUSE_TOO = (
    "Cluster-ips-check refuses every port of a cluster IP that is no other rule's, in the same way."
)
_COUNTS_ONLY = (
    "The rule behind it does the same for 127.0.0.1 as for any address; this one counts those packets first."
)
_NODES_MASQUERADE_TO_THEMSELVES = (
    "Calico's links to pods have no addresses: what a node sends itself, it sends to pods from the address that "
    "masquerading would give it. With a tunnel, which has an address of its own, claims notice."
)

RECORDED: tuple[Recorded, ...] = (
    Recorded(
        r"(drop-mark|narrow): chain external-\S+: fib saddr type local .*masquerade local traffic.* "
        r"-> (nothing|for pods only)",
        NFTABLES,
        _NODES_MASQUERADE_TO_THEMSELVES,
        network=NetworkName.CALICO,
    ),
    Recorded(
        r"widen: chain services: ip daddr @cluster-ips iifname != \"cni0\" .* -> without `iifname .*`",
        NFTABLES,
        "Without a bridge no packet comes from cni0: the rule takes all of them either way.",
        network=NetworkName.CALICO,
    ),
    Recorded(
        r"widen: chain \S+: ct state new jump (?!firewall-check).* -> without `ct state new`",
        NFTABLES,
        _TRANSLATED,
    ),
    Recorded(
        r"widen: filter \S+: -m conntrack --ctstate NEW .* -> without `-m conntrack .*`",
        IPTABLES,
        _TRANSLATED,
    ),
    Recorded(
        r"widen: chain (service|local|endpoint)-\S+: meta l4proto \S+ dnat .* -> for every protocol",
        NFTABLES,
        _REACHED_BY_ONE_PORT,
    ),
    Recorded(
        r"widen: nat KUBE-SV[CL]\(.*\): .*-d cluster-ip\(.*\) .*-j KUBE-MARK-MASQ -> "
        r"(for every protocol and port|without `(--dport \d+|-d cluster-ip\(.*\))`)",
        IPTABLES,
        _REACHED_BY_ONE_PORT + " What comes by another front door was marked there, or is a pod's.",
    ),
    Recorded(
        r"widen: map (service-ips|service-nodeports): .* -> and the other protocol",
        NFTABLES,
        "The chain that it leads to translates its own protocol only; the other falls through it as if it had not "
        "come there.",
    ),
    Recorded(
        r"narrow: chain (nat-output|filter-output|filter-output-pre-dnat): .* -> for all but pods",
        NFTABLES,
        _NODES_ARE_NO_PODS,
    ),
    Recorded(r"narrow: (nat|filter) OUTPUT: .* -> for all but pods", IPTABLES, _NODES_ARE_NO_PODS),
    Recorded(
        r"narrow: chain (services|external-\S+): (fib saddr type local|ip daddr @cluster-ips iifname).* "
        r"-> for all but pods",
        NFTABLES,
        _NODES_ARE_NO_PODS,
    ),
    Recorded(
        r"narrow: nat KUBE-(EXT|SVC)\(.*\): .*(--src-type LOCAL|! -i cni\S+).* -> for all but pods",
        IPTABLES,
        _NODES_ARE_NO_PODS,
    ),
    Recorded(
        r"narrow: chain external-\S+: goto local-\S+ -> for all but pods", NFTABLES, _PODS_ARE_SERVED_BEFORE
    ),
    Recorded(
        r"narrow: nat KUBE-EXT\(.*\): -j KUBE-SVL.* -> for all but pods", IPTABLES, _PODS_ARE_SERVED_BEFORE
    ),
    Recorded(
        r"narrow: nat KUBE-SVL\(((many-over|affine-briefly|affine-for-long)-local|switched):http\): .* "
        r"-> for all but pods",
        IPTABLES,
        _PODS_ARE_SERVED_BEFORE,
    ),
    Recorded(
        r"narrow: chain local-default/((many-over|affine-briefly|affine-for-long)-local|switched)/tcp/http: numgen "
        r".* -> for all but pods",
        NFTABLES,
        _PODS_ARE_SERVED_BEFORE,
    ),
    Recorded(
        r"(drop-mark|add-mark|widen): nat KUBE-SEP\(\S+ worker-\w:\d+\): .*"
        r"-> (nothing|with the mark set before it|without `-s worker-\w`)",
        IPTABLES,
        _A_NODE_IS_ASKED_BY_NODES,
    ),
    Recorded(
        r"narrow: filter KUBE-EXTERNAL-SERVICES: .* has no local endpoints.* -> for all but pods",
        IPTABLES,
        _PODS_ARE_SERVED_BEFORE,
    ),
    Recorded(
        r"(delete|other-port): map no-endpoint-nodeports: udp .* : goto reject-chain -> .*",
        NFTABLES,
        _KERNEL_REFUSES_TOO,
    ),
    Recorded(
        r"widen: map no-endpoint-nodeports: udp .* : goto reject-chain -> and the port after it",
        NFTABLES,
        _KERNEL_REFUSES_TOO,
    ),
    Recorded(
        r"(delete|narrow): filter KUBE-EXTERNAL-SERVICES: -p udp .*--dst-type LOCAL.*-j REJECT.*",
        IPTABLES,
        _KERNEL_REFUSES_TOO,
    ),
    Recorded(
        r"widen: filter KUBE-EXTERNAL-SERVICES: -p udp .*--dst-type LOCAL.*-j REJECT.* -> without `--dport .*`",
        IPTABLES,
        _KERNEL_REFUSES_TOO,
        network=NetworkName.CALICO,
    ),
    Recorded(
        r"(delete|other-port|widen): map no-endpoint-services: cluster-ip\(.*\) .* : goto reject-chain -> .*",
        NFTABLES,
        _CLUSTER_IPS_REFUSE_TOO,
    ),
    Recorded(
        r"widen: chain masquerading: ct status dnat .*@hairpin-connections.* -> without `ct status dnat`",
        NFTABLES,
        "A pod that asks itself without any Service does so within itself: no node sees those packets.",
    ),
    Recorded(
        r"(delete|narrow): filter KUBE-FORWARD: .*-j ACCEPT -> .*",
        IPTABLES,
        _FORWARD_ACCEPTS,
    ),
    Recorded(
        r"(delete|narrow): filter (INPUT: .*health check service ports.*|KUBE-NODEPORTS: .*health check.*) -> .*",
        IPTABLES,
        _FORWARD_ACCEPTS,
    ),
    Recorded(
        r"(delete|narrow): nat KUBE-FW\(.*\): -m comment --comment \"other traffic to .*\" -> .*",
        IPTABLES,
        "The rule has no target: it is there to be read.",
    ),
    Recorded(
        r"(delete|narrow): nat KUBE-NODEPORTS: -d 127.0.0.0/8 .* -> (nothing|for pods only|for all but pods)",
        IPTABLES,
        _COUNTS_ONLY,
    ),
    Recorded(
        r"widen: nat KUBE-NODEPORTS: -d 127.0.0.0/8 .* -> without `-d 127.0.0.0/8`", IPTABLES, _COUNTS_ONLY
    ),
    Recorded(
        r"(delete|narrow): nat KUBE-POSTROUTING: -j MARK --set-xmark 0x4000/0x0 -> .*",
        IPTABLES,
        "What keeps its mark is masqueraded once more around the tunnel's packet, which bears that address anyway.",
    ),
    Recorded(
        r"(delete|narrow): filter OUTPUT: -j KUBE-FIREWALL -> .*",
        IPTABLES,
        "A node's own packets to 127.0.0.1 bear it as their source, and those the chain lets pass.",
    ),
    Recorded(
        r"narrow: filter INPUT: -j KUBE-FIREWALL -> for all but pods",
        IPTABLES,
        "What comes to 127.0.0.1 from the network is no pod's: a pod's own packets to it never leave the pod.",
    ),
    Recorded(
        r"rp-filter-strict: .*",
        IPTABLES,
        "What one node sends on to another in the name of somebody outside, it masquerades, kube-proxy's rules or "
        "flannel's: answers leave each node by the interface that the question came in at.",
    ),
    Recorded(
        r"rp-filter-strict: .*",
        NFTABLES,
        "Between nodes Calico routes without a tunnel: pods of another node and hosts outside are behind the same "
        "interface, by which all that bears their addresses comes in.",
        network=NetworkName.CALICO,
    ),
)
