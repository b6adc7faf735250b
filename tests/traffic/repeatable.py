"""How the property tests draw their examples: the same ones in every run, and none kept on disk."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

REPEATABLE = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

MARKS = st.integers(min_value=1, max_value=(1 << 32) - 1)
PORTS = st.integers(min_value=1, max_value=(1 << 16) - 1)
ADDRESSES = st.ip_addresses(v=4)
