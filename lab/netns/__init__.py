"""The lab that needs no container engine: a cluster in network namespaces of this kernel."""
