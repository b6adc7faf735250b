"""What the documentation says becomes of a flow: one pure function, and the nouns that it speaks in.

Written from kubernetes.io, the KEPs, the unit tests of Kubernetes v1.36.2 and, where these are silent, its source.
It knows no rules and no lab; a claim that disagrees with it is wrong, or it is. The pod network is flannel with its
VXLAN backend, or Calico with natOutgoing; what either masquerades by itself is part of the answer.
"""

from conformance.oracle.clients import documented_again
from conformance.oracle.flows import documented
from conformance.oracle.shares import documented_spread
from conformance.oracle.world import Undocumented, World

__all__ = ["Undocumented", "World", "documented", "documented_again", "documented_spread"]
