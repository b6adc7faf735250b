"""The documented behaviours that scenarios stand for, each with its source."""

from types import MappingProxyType

from conformance.results import Requirement, Tier

_DOCS = "https://kubernetes.io/docs/reference/networking/virtual-ips/"
_SERVICE = "https://kubernetes.io/docs/concepts/services-networking/service/"
_MODEL = "https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model"
_DATA_PATH = "https://docs.tigera.io/calico/latest/reference/architecture/data-path"
_TESTS = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go"
_NFTABLES_KEP = "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3866-nftables-proxy"
_CONNTRACK = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/conntrack.go"
_CLEANUP = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go"
_PROGRAMMING = (
    "https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md"
)
_E2E = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go"

_ALL = (
    Requirement(
        "net-pod",
        "Pod network",
        "Pods reach each other on their own addresses, on one node and across nodes, without translation.",
        _MODEL,
        Tier.CORE,
    ),
    Requirement(
        "net-way",
        "Pod network",
        "A packet between pods is routed once by each node on its way; between nodes it travels from node address to "
        "node address, encapsulated as the network is configured; it bears its own addresses and ports on every hop, "
        "and so does its answer.",
        _DATA_PATH,
        Tier.CORE,
    ),
    Requirement(
        "net-mtu",
        "Pod network",
        "A packet as large as the MTU of a pod's interface reaches pods of other nodes in one piece; a larger one "
        "is refused at the pod, before it leaves.",
        "https://docs.tigera.io/calico/latest/networking/configuring/mtu",
        Tier.CORE,
    ),
    Requirement(
        "net-node",
        "Pod network",
        "A node reaches the pods of every node, and its own pods reach it, seen by their own addresses.",
        _MODEL,
        Tier.CORE,
    ),
    Requirement(
        "net-nat",
        "Pod network",
        "What a pod sends to where no pod is, is masqueraded by its node and by it alone.",
        "https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster",
        Tier.CORE,
    ),
    Requirement(
        "net-spoof",
        "Pod network",
        "A packet that a pod sends in the name of another address is dropped by its node.",
        "https://docs.tigera.io/calico/latest/reference/felix/configuration",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-basic",
        "ClusterIP",
        "A connection from a pod to a cluster IP reaches any ready endpoint, which sees the pod's own address, "
        "and is answered from the cluster IP.",
        _DOCS,
        Tier.CORE,
    ),
    Requirement(
        "cip-node",
        "ClusterIP",
        "A connection from a node to a cluster IP reaches any ready "
        "endpoint, which sees an address of the node.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "cip-ext",
        "ClusterIP",
        "A connection from outside that is routed to a cluster IP through a node is translated there, "
        "and masqueraded by that node.",
        _TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hairpin",
        "ClusterIP",
        "A pod that is chosen as the endpoint of its own connection reaches itself, seeing an address of its node; "
        "other endpoints see the pod's own address.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "cip-ports",
        "ClusterIP",
        "Each port of a Service leads to its own target port; a named target port is each pod's own.",
        _SERVICE + "#multi-port-services",
        Tier.CORE,
    ),
    Requirement(
        "cip-proto",
        "ClusterIP",
        "TCP and UDP on the same port number of one Service are independent of each other.",
        _SERVICE + "#protocol-support",
        Tier.CORE,
    ),
    Requirement(
        "cip-fragments",
        "ClusterIP",
        "A datagram that is sent in fragments reaches one endpoint whole, and its answer comes back whole.",
        "https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-cluster",
        "NodePort",
        "A connection to a node port on any node reaches any ready endpoint, "
        "which sees an address of that node.",
        _SERVICE + "#type-nodeport",
        Tier.CORE,
    ),
    Requirement(
        "np-pod-remote",
        "NodePort",
        "A pod that asks a node port of another node is served there; the "
        "endpoint sees an address of that node.",
        _TESTS,
        Tier.EXTENDED,
    ),
    Requirement(
        "np-tcpudp",
        "NodePort",
        "Node ports of TCP and UDP ports of one Service are served independently of each other.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "udp-doors",
        "UDP",
        "Every front door serves UDP as it serves TCP, for senders inside and outside.",
        "https://kubernetes.io/docs/reference/networking/service-protocols/#udp",
        Tier.CORE,
    ),
    Requirement(
        "noep-cip",
        "No endpoints",
        "A connection to a cluster IP whose Service has no endpoints is "
        "refused at once with ICMP port unreachable.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "noep-np",
        "No endpoints",
        "A connection to a node port whose Service has no endpoints is refused with ICMP port unreachable "
        "by the node that was asked.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb",
        "No endpoints",
        "A connection to a load balancer IP or external IP whose Service has no endpoints is refused "
        "with ICMP port unreachable by the node that it comes to.",
        _TESTS,
        Tier.CORE,
    ),
    Requirement(
        "noep-lb-node",
        "No endpoints",
        "A node's own connection to a load balancer IP or external IP whose "
        "Service has no endpoints is refused.",
        _DOCS,
        Tier.EXTENDED,
    ),
    Requirement(
        "noep-recover",
        "No endpoints",
        "A Service whose only endpoint stops being ready refuses, and serves again once it is ready.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "cip-masqall",
        "ClusterIP",
        "With masqueradeAll, every connection to a cluster IP is masqueraded by the node that translates.",
        "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-detect",
        "ClusterIP",
        "In every detectLocalMode pods keep their address, and what does not come from pods is masqueraded.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/util/localdetector.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-badport",
        "Unserved addresses",
        "A port or protocol that a Service does not have is refused on its cluster IP.",
        _NFTABLES_KEP,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-ping",
        "Unserved addresses",
        "A ping to a cluster IP is refused.",
        _NFTABLES_KEP,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-unalloc",
        "Unserved addresses",
        "Packets to an address of the cluster IP range that no Service has are dropped.",
        _NFTABLES_KEP,
        Tier.EXTENDED,
    ),
    Requirement(
        "ext-on-node",
        "External IPs",
        "An external IP that is an address of a node is served on that node, and refused there without endpoints.",
        _SERVICE + "#external-ips",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-on-node",
        "LoadBalancer",
        "Source ranges hold at a load balancer IP that is an address of a node.",
        _SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-badport",
        "Unserved addresses",
        "A port or protocol that a Service does not have is not touched at its load balancer IP and external IP: "
        "its packets are routed like any others.",
        _SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-badport",
        "Unserved addresses",
        "A number or protocol that is no node port is the node's own, which refuses where nothing listens.",
        _SERVICE + "#type-nodeport",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-localnet",
        "NodePort",
        "What a neighbour on the network sends to 127.0.0.1 of a node is dropped, though the node may route there.",
        "https://github.com/kubernetes/kubernetes/issues/92315",
        Tier.CORE,
    ),
    Requirement(
        "np-allips",
        "NodePort",
        "Without nodePortAddresses, a node port is served on every address of the node.",
        ""
        "https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address",
        Tier.CORE,
    ),
    Requirement(
        "np-localhost",
        "NodePort",
        "A node port is served on 127.0.0.1 for programs of the node.",
        ""
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-addrs",
        "NodePort",
        "With nodePortAddresses, a node port is served on the addresses that it covers, and on no others.",
        ""
        "https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address",
        Tier.EXTENDED,
    ),
    Requirement(
        "etpl-ext",
        "externalTrafficPolicy Local",
        "A node with an endpoint serves outside clients from its own "
        "endpoints, which see the client's address.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "etpl-noloc",
        "externalTrafficPolicy Local",
        "A node without endpoint drops outside traffic.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
    Requirement(
        "etpl-pod",
        "externalTrafficPolicy Local",
        "Pods and nodes reach every endpoint through the outside front doors, on any node.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/loadbalancer.go",
        Tier.CORE,
    ),
    Requirement(
        "lb-cluster",
        "LoadBalancer",
        "Every node serves a load balancer IP from all endpoints, masqueraded, "
        "for outside clients, pods and nodes.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
        Tier.CORE,
    ),
    Requirement(
        "lb-ipmode",
        "LoadBalancer",
        "A load balancer IP of ipMode Proxy is left to the balancer.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1860-kube-proxy-IP-node-binding",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-sr",
        "LoadBalancer",
        "With loadBalancerSourceRanges, the load balancer IP serves senders of these ranges "
        "and drops others; other front doors stay open.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
        Tier.CORE,
    ),
    Requirement(
        "lb-sr-open",
        "LoadBalancer",
        "When loadBalancerSourceRanges are narrowed, open flows of senders that they shut out go on.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/nftables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "ext-cluster",
        "External IPs",
        "Every node serves an external IP from all endpoints, masqueraded, "
        "for outside clients, pods and nodes.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
        Tier.CORE,
    ),
    Requirement(
        "hcnp",
        "Health checks",
        "With externalTrafficPolicy Local, a load balancer that asks the healthCheckNodePort is told how many ready "
        "endpoints the node has: 200 where there are any, else 503.",
        "https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/"
        "#preserving-the-client-source-ip",
        Tier.CORE,
    ),
    Requirement(
        "healthz",
        "Health checks",
        "A kube-proxy answers /healthz and /livez with 200 while its rules are up to date.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/"
        "3836-kube-proxy-improved-ingress-connectivity-reliability",
        Tier.CORE,
    ),
    Requirement(
        "itp-local",
        "internalTrafficPolicy Local",
        "A cluster IP leads to endpoints of the node that translates, for pods, nodes and "
        "routed clients; node ports are not affected.",
        "https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/",
        Tier.CORE,
    ),
    Requirement(
        "itp-noloc",
        "internalTrafficPolicy Local",
        "On a node without endpoint, packets to the cluster IP are dropped.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2086-service-internal-traffic-policy",
        Tier.CORE,
    ),
    Requirement(
        "ep-unready",
        "Readiness",
        "An endpoint that is not ready gets no new connections, unless publishNotReadyAddresses is set.",
        "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions",
        Tier.CORE,
    ),
    Requirement(
        "term-cluster",
        "Readiness",
        "Terminating endpoints that serve are used only while no endpoint is ready.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "term-local",
        "Readiness",
        "With policy Local, a node whose endpoints are all terminating uses those "
        "that serve, and drops where none does.",
        ""
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints",
        Tier.CORE,
    ),
    Requirement(
        "topo-zone",
        "Topology",
        "With trafficDistribution PreferSameZone, endpoints of the node's zone are used while there are any.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
        Tier.CORE,
    ),
    Requirement(
        "topo-node",
        "Topology",
        "With trafficDistribution PreferSameNode, endpoints of the node are used while there "
        "are any, then those of its zone, then all.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3015-prefer-same-node",
        Tier.EXTENDED,
    ),
    Requirement(
        "proxyname",
        "Not proxied",
        "A Service with the label service.kubernetes.io/service-proxy-name is not served by kube-proxy.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "manual",
        "Not proxied",
        "Endpoints of hand-made EndpointSlices are served like those that a selector finds.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors",
        Tier.CORE,
    ),
    Requirement(
        "cip-hairpin-nonode",
        "ClusterIP",
        "An endpoint that a hand-made EndpointSlice lists without nodeName "
        "reaches itself through the cluster IP.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "dist-random",
        "Load distribution",
        "New connections are spread evenly over the endpoints.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go",
        Tier.CORE,
    ),
    Requirement(
        "aff-stick",
        "Session affinity",
        "With sessionAffinity ClientIP, all connections of a client go to one endpoint.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity",
        Tier.CORE,
    ),
    Requirement(
        "aff-epgone",
        "Session affinity",
        "A client whose endpoint is not ready any more is kept at another one from then on.",
        "https://github.com/kubernetes/kubernetes/pull/106182",
        Tier.CORE,
    ),
    Requirement(
        "aff-shared",
        "Session affinity",
        "A client keeps its endpoint whichever front door of the Service it asks a node by.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-ports",
        "Session affinity",
        "Each port of a Service has a session affinity of its own.",
        "https://github.com/kubernetes/kubernetes/issues/103000",
        Tier.EXTENDED,
    ),
    Requirement(
        "aff-timeout",
        "Session affinity",
        "A client that opens no connection for timeoutSeconds is given any endpoint again, and not before.",
        "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout",
        Tier.CORE,
    ),
    Requirement(
        "api-np",
        "API",
        "A node port is of the node port range, and belongs to one Service until it is released.",
        _SERVICE + "#type-nodeport",
        Tier.CORE,
    ),
    Requirement(
        "api-cip",
        "API",
        "A cluster IP that a Service asks for is of the range, and belongs to one Service until it is released.",
        _SERVICE + "#choosing-your-own-ip-address",
        Tier.CORE,
    ),
    Requirement(
        "api-spec",
        "API",
        "Fields of a Service that are out of range or do not fit its type are refused, and named.",
        "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/",
        Tier.EXTENDED,
    ),
    Requirement(
        "svc-type",
        "Services that change",
        "A Service whose type is changed has the front doors of its new type only.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "svc-ports",
        "Services that change",
        "Ports that are added to a Service are served, those that are taken away or moved are not.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "aff-switch",
        "Session affinity",
        "A change of sessionAffinity counts for connections that are made after it.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "etpl-switch",
        "Services that change",
        "A change of externalTrafficPolicy counts for new connections, and opens or closes the "
        "healthCheckNodePort.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "headless",
        "Not proxied",
        "A headless Service has no front door at kube-proxy; its endpoints are reached as pods.",
        _SERVICE + "#headless-services",
        Tier.CORE,
    ),
    Requirement(
        "extname",
        "Not proxied",
        "No address of an ExternalName is served by kube-proxy.",
        _SERVICE + "#externalname",
        Tier.CORE,
    ),
    Requirement(
        "hdlslabel",
        "Not proxied",
        "EndpointSlices with the label service.kubernetes.io/headless give a Service no endpoints.",
        _E2E,
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-tcp",
        "Open flows",
        "An open TCP connection goes on at its endpoint while the pod lives, whatever becomes of endpoint and Service.",
        _CLEANUP,
        Tier.CORE,
    ),
    Requirement(
        "ct-invalid",
        "Open flows",
        "A segment far outside the window of an open connection, which conntrack takes for invalid and no node "
        "translates, is dropped.",
        "https://github.com/kubernetes/kubernetes/issues/74839",
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-invalid-open",
        "Open flows",
        "A connection goes on after its endpoint has sent segments far outside the window.",
        "https://github.com/kubernetes/kubernetes/issues/74839",
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-tcp-new",
        "Open flows",
        "New connections avoid an endpoint that is no longer ready, is terminating or has left the Service.",
        "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions",
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-del",
        "Open flows",
        "An open UDP flow whose endpoint is removed or is no longer ready goes on at another endpoint.",
        _CONNTRACK,
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-term",
        "Open flows",
        "An open UDP flow stays at an endpoint that is terminating, while that one serves.",
        _CLEANUP,
        Tier.EXTENDED,
    ),
    Requirement(
        "ct-udp-port",
        "Open flows",
        "An open UDP flow moves to the new target port of its Service.",
        _CONNTRACK,
        Tier.EXTENDED,
    ),
    Requirement(
        "conv-endpoints",
        "Convergence",
        "Every node follows a change of endpoints within 30 s; until then new connections fare as before, "
        "and never otherwise.",
        _PROGRAMMING,
        Tier.CORE,
    ),
    Requirement(
        "conv-service",
        "Convergence",
        "Every node serves a new Service within 30 s, and a deleted one no more; "
        "new connections fare as before or as after, and a Service without endpoints yet refuses them.",
        _PROGRAMMING,
        Tier.CORE,
    ),
    Requirement(
        "svc-delete",
        "Services that change",
        "A Service that is deleted is served no more: neither new flows nor open UDP flows.",
        "https://github.com/kubernetes/kubernetes/pull/141371",
        Tier.CORE,
    ),
    Requirement(
        "svc-recreate",
        "Services that change",
        "A Service that is deleted and made again with the same addresses is served at the endpoints that it has then.",
        _E2E,
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-newep",
        "Open flows",
        "A UDP flow that began while a Service had no endpoint is served once it has one.",
        _CONNTRACK,
        Tier.CORE,
    ),
    Requirement(
        "ct-udp-zero",
        "Open flows",
        "An open UDP flow of a Service that has lost its last endpoint is refused.",
        "https://github.com/kubernetes/kubernetes/issues/139628",
        Tier.EXTENDED,
    ),
)

REQUIREMENTS = MappingProxyType({requirement.id: requirement for requirement in _ALL})
