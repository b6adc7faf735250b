"""Ports at which a node listens, read from the kernel's own table."""

from lab.netns.listening import listening

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B0012AC:2810 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0B0012AC:7D01 640012AC:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
"""
TABLE_6 = """  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:7D02 00000000000000000000000000000000:0000 0A 00000000:00000000
"""


def test_only_sockets_that_listen_count() -> None:
    """A connection has a local port too, and nobody can connect to it."""
    assert listening(TABLE) == {0x2810}


def test_ipv6_is_read_alike() -> None:
    """kube-proxy listens at all addresses of both families at once."""
    assert listening(TABLE_6) == {0x7D02}


def test_an_empty_table_has_no_ports() -> None:
    """Its head alone."""
    assert listening(TABLE.splitlines()[0] + "\n") == frozenset()
