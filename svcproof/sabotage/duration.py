"""How long a sabotage may take, as users write it. Pure."""

import argparse
import re

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> float:
    """A time as users write it: 90s, 10m, 1h. For argparse."""
    found = re.fullmatch(r"(\d+)([smh])", text)
    if found is None or int(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s, 10m or 1h")
    return float(int(found[1]) * _SECONDS[found[2]])
