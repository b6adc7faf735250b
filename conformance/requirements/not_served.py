"""What is required of what kube-proxy does not serve, and what the API does not take."""

from conformance.requirements.sources import E2E, SERVICE
from conformance.results import Requirement
from conformance.tier import Tier

_NFTABLES_KEP = "https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3866-nftables-proxy"

NOT_SERVED = (
    Requirement(
        "cip-badport",
        "Unserved addresses",
        "A port or protocol that a Service does not have is refused on its cluster IP.",
        _NFTABLES_KEP,
        Tier.EXTENDED,
    ),
    Requirement(
        "cip-hostvip",
        "Unserved addresses",
        "A program of a node that listens at all of the node's addresses is not reached by a cluster IP.",
        "https://github.com/kubernetes/kubernetes/issues/72236",
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
        "lb-badport",
        "Unserved addresses",
        "At a load balancer IP or external IP a port or protocol that the Service does not have is left alone: "
        "its packets are routed like any others.",
        SERVICE + "#loadbalancer",
        Tier.EXTENDED,
    ),
    Requirement(
        "np-badport",
        "Unserved addresses",
        "What is sent to a node at a number that is no node port, or not of that protocol, is left to the node "
        "itself, which refuses where nothing listens.",
        SERVICE + "#type-nodeport",
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
        "headless",
        "Not proxied",
        "No address of a headless Service is served by kube-proxy; its endpoints are reached by their own "
        "addresses.",
        SERVICE + "#headless-services",
        Tier.CORE,
    ),
    Requirement(
        "extname",
        "Not proxied",
        "No address of a Service of type ExternalName is served by kube-proxy.",
        SERVICE + "#externalname",
        Tier.CORE,
    ),
    Requirement(
        "hdlslabel",
        "Not proxied",
        "EndpointSlices with the label service.kubernetes.io/headless give a Service no endpoints.",
        E2E,
        Tier.EXTENDED,
    ),
    Requirement(
        "api-np",
        "API",
        "A node port lies in the node port range, and belongs to one Service until that releases it.",
        SERVICE + "#type-nodeport",
        Tier.CORE,
    ),
    Requirement(
        "api-cip",
        "API",
        "A cluster IP that a Service asks for must lie in the range of cluster IPs, and belongs to one Service "
        "until that releases it.",
        SERVICE + "#choosing-your-own-ip-address",
        Tier.CORE,
    ),
    Requirement(
        "api-spec",
        "API",
        "Fields of a Service that are out of range or do not fit its type are refused, and named.",
        "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/",
        Tier.EXTENDED,
    ),
)
