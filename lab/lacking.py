"""What programs say where the machine, or a version of Kubernetes, lacks something: then no lab is broken. Pure."""

_WORDS = (
    "missing kernel module",  # iptables, of a match or target that the kernel does not have
    "Couldn't load match",  # iptables, of an extension of its own
    "Couldn't load target",
    "unrecognized feature gate",  # programs of Kubernetes
    "Unsupported value",  # kube-apiserver, of a value that this version does not know
)


def lacking(said: str) -> str:
    """The first line that says so; empty where none does."""
    return next((line.strip() for line in said.splitlines() if any(word in line for word in _WORDS)), "")
