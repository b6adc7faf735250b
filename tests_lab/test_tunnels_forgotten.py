"""Connection tracking lets go of what carries a tunnel, in a real kernel, and of nothing else."""

import json

from tests_lab.commanded import COMMAND_SECONDS, Commanded

SENT_TO = (8472, 4789, 9999)
# Datagrams of a program's own stand for a tunnel's: conntrack looks at their protocol and port alone.
FORGET = f"""
import json, socket
from ipaddress import IPv4Address
from lab.model import Headers, Transport
from lab.rules.conntrack import flush_udp_to
from lab.rules.connection import connection
to = IPv4Address("172.18.0.11")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.bind(("172.18.0.12", 0))
    for port in {SENT_TO}:
        sender.sendto(b"", (str(to), port))
    own, own_port = sender.getsockname()
    def tracked():
        asked = [Headers(IPv4Address(own), own_port, to, port, Transport.UDP, 64) for port in {SENT_TO}]
        return [each.destination_port for each in asked if connection(each)]
    before = tracked()
    flush_udp_to((8472, 4789))
    print(json.dumps([before, tracked()]))
"""


def test_tunnels_are_tracked_anew_and_other_flows_are_not(svcproof: Commanded) -> None:
    """Three flows are tracked; those to a tunnel's ports are not any more, the third still is."""
    with svcproof.started("up", "iptables-flannel") as lab:
        assert lab.wait(COMMAND_SECONDS) == 0, svcproof.output()
    try:
        done = svcproof("exec", "worker-b", "--", svcproof.python, "-c", FORGET)
    finally:
        svcproof("down", "--all")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[*SENT_TO], [9999]]
