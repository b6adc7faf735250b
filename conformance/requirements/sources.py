"""Documents that many requirements come from."""

DOCS = "https://kubernetes.io/docs/reference/networking/virtual-ips/"
SERVICE = "https://kubernetes.io/docs/concepts/services-networking/service/"
TESTS = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go"
E2E = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go"
