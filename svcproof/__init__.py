"""svcproof: does a Kubernetes Service do what it should on this kernel, with this proxy mode and this network?"""

__version__ = "0.1.0"
