"""What is required of addresses that lie outside the cluster: load balancers, external IPs, health check ports."""

from conformance.requirements.sources import SERVICE
from conformance.results import Requirement
from conformance.tier import Tier

LOAD_BALANCER = (
    Requirement(
        "lb-on-node",
        "LoadBalancer",
        "With loadBalancerSourceRanges, a load balancer IP that is a node's own address serves senders of these "
        "ranges and drops others, too.",
        SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-cluster",
        "LoadBalancer",
        "Every node serves a load balancer IP from all endpoints, which see an address of that node, for outside "
        "clients, pods and nodes.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
        Tier.CORE,
    ),
    Requirement(
        "lb-ipmode",
        "LoadBalancer",
        "What is sent to a load balancer IP of ipMode Proxy is left to the balancer: no node translates it.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1860-kube-proxy-IP-node-binding",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-nonp",
        "LoadBalancer",
        "With allocateLoadBalancerNodePorts false, the load balancer IP is served, and node ports that the "
        "Service gave up are not.",
        SERVICE + "#load-balancer-nodeport-allocation",
        Tier.EXTENDED,
    ),
    Requirement(
        "lb-sr",
        "LoadBalancer",
        "With loadBalancerSourceRanges, the load balancer IP serves senders of these ranges and drops others; the "
        "Service's other addresses and its node ports serve everybody.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
        Tier.CORE,
    ),
    Requirement(
        "lb-sr-open",
        "LoadBalancer",
        "When loadBalancerSourceRanges are narrowed, open flows of senders that are shut out from then on go on.",
        "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/nftables/proxier.go",
        Tier.EXTENDED,
    ),
    Requirement(
        "ext-on-node",
        "External IPs",
        "An external IP that is a node's own address is served on that node, and refuses there without endpoints.",
        SERVICE + "#external-ips",
        Tier.EXTENDED,
    ),
    Requirement(
        "ext-cluster",
        "External IPs",
        "Every node serves an external IP from all endpoints, which see an address of that node, for outside "
        "clients, pods and nodes.",
        "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
        Tier.CORE,
    ),
    Requirement(
        "ext-gate",
        "External IPs",
        "With the feature gate AllowServiceExternalIPs switched off, kube-proxy serves no external IP.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/5707-deprecate-service-externalips",
        Tier.EXTENDED,
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
        "A kube-proxy answers /healthz and /livez with 200 while its rules are up to date; /healthz with 503 while its "
        "node is to be deleted.",
        "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/"
        "3836-kube-proxy-improved-ingress-connectivity-reliability",
        Tier.CORE,
    ),
)
