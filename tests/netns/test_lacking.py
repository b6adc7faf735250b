"""What programs say where something is lacking, in their own words."""

import pytest

from lab.lacking import lacking

_NO_RECENT = "exit status 4: Warning: Extension recent revision 0 not supported, missing kernel module?"
_NO_MATCH = "iptables-restore v1.8.9 (nf_tables): Couldn't load match `recent':No such file or directory"
_NO_RULE = "/dev/stdin:1:1-2: Error: Could not process rule: Operation not supported"
_NO_GATE = 'E1121 run.go:72] "command failed" err="unrecognized feature gate: AllowServiceExternalIPs"'
_NO_VALUE = '422: Service "near" is invalid: spec.trafficDistribution: Unsupported value: "PreferSameNode"'


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            f'E1121 proxier.go:1456] "Failed to execute iptables-restore" err=<\n\t{_NO_RECENT}\n >',
            _NO_RECENT,
        ),
        (_NO_MATCH, _NO_MATCH),
        (f"I1121 a line\n{_NO_GATE}\n", _NO_GATE),
        (_NO_VALUE, _NO_VALUE),
        (_NO_RULE, ""),
        ("iptables-restore: line 506 failed: Message too long.", ""),
        ("Error: Could not process rule: No such file or directory", ""),
        ("panic: runtime error: invalid memory address", ""),
        ("", ""),
    ],
)
def test_what_is_lacking(said: str, line: str) -> None:
    """The line that says so; what is broken, or can be either, is not taken for it."""
    assert lacking(said) == line
