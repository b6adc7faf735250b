"""What an answer over HTTP says of health. Pure."""

import json
from email.parser import BytesParser

from conformance.outcome import Answered

_WEIGHT = "X-Load-Balancing-Endpoint-Weight"


def answered(answer: bytes) -> Answered:
    """The outcome of one answer, as its bytes say (RFC 9112). Anything that is no HTTP answer has the status 0."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, _, fields = head.partition(b"\r\n")
    version, _, rest = first.partition(b" ")
    code = rest[:3]
    if not version.startswith(b"HTTP/1.") or not code.isdigit():
        return Answered(0)
    weight = BytesParser().parsebytes(fields + b"\r\n\r\n", headersonly=True)[_WEIGHT]
    counted = weight is not None and weight.isdecimal()
    return Answered(int(code), _local_endpoints(body), int(weight) if counted else None)


def _local_endpoints(body: bytes) -> int | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    count = said.get("localEndpoints") if isinstance(said, dict) else None
    return count if isinstance(count, int) else None
