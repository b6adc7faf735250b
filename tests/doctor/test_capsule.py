"""What a capsule that was refused, or in which a step failed, means for the profiles."""

from dataclasses import replace

import pytest

from lab.profiles import PROFILES, ProxyMode
from svcproof.doctor.capsule import capsule_findings
from svcproof.doctor.finding import State
from svcproof.doctor.machine import Trial
from svcproof.doctor.refusal import Part, Refusal
from svcproof.doctor.steps import MEANINGS, Attempt, Result, Step
from tests.doctor.machines import machine, refusing, trial

DENIED = "Operation not permitted"
CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
MAXIMUM = "/proc/sys/user/max_user_namespaces"
NET = "/proc/sys/user/max_net_namespaces"
APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
MOUNTS = "/proc/self/mountinfo"
MASKED = (
    "87 85 0:21 / /proc rw - proc proc rw\n"
    "88 87 0:22 / /proc/acpi ro - tmpfs tmpfs ro\n"
    "89 87 0:5 /null /proc/kcore rw - devtmpfs udev rw\n"
    "90 87 0:23 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n"
)


def test_every_step_that_worked_is_told() -> None:
    """A capsule in which all worked, and a finding for each step."""
    found = capsule_findings(machine())
    assert {each.state for each in found} == {State.OK}
    assert [each.id for each in found] == ["capsule", *(f"capsule.{step}" for step in Step)]


@pytest.mark.parametrize("step", Step)
def test_a_failed_step_has_the_words_of_who_refused(step: Step) -> None:
    """It is missing for the profiles that need it, with a cure; other steps are as before."""
    failed = replace(machine(), try_capsule=lambda: trial({step: "not supported"}))
    [finding] = [each for each in capsule_findings(failed) if each.state is not State.OK]
    assert (finding.id, finding.detail) == (f"capsule.{step}", "not supported")
    assert finding.state is (State.MISSING if finding.enables else State.WARNING)
    assert finding.enables == MEANINGS[step].enables
    assert finding.cure


def test_rules_are_the_matter_of_their_own_mode() -> None:
    """A kernel without nf_tables for nft still runs iptables, and the other way round."""
    assert {each.proxy_mode for each in MEANINGS[Step.NFTABLES].enables} == {ProxyMode.NFTABLES}
    assert {each.proxy_mode for each in MEANINGS[Step.IPTABLES].enables} == {ProxyMode.IPTABLES}


def test_loading_br_netfilter_is_never_advised_without_its_effect() -> None:
    """The module changes what the machine's own bridges do, and the cure says so."""
    cure = MEANINGS[Step.BRIDGE_NETFILTER].cure
    assert "modprobe br_netfilter" in cure
    assert "own bridges" in cure


def test_an_untried_step_is_not_told() -> None:
    """The missing tool or the failed step before it has a finding of its own."""
    tried = Trial(user_namespace=True, attempts=(Attempt(Step.NFTABLES, Result.UNTRIED),))
    found = capsule_findings(replace(machine(), try_capsule=lambda: tried))
    assert [each.id for each in found] == ["capsule"]


@pytest.mark.parametrize(
    ("part", "number", "files", "why", "cure"),
    [
        (
            Part.USER_NAMESPACE,
            "EPERM",
            {CLONE: "0\n"},
            "unprivileged_userns_clone is 0",
            f"{CLONE[10:]}=1",
        ),
        (
            Part.USER_NAMESPACE,
            "ENOSPC",
            {MAXIMUM: "0\n"},
            "max_user_namespaces is 0",
            f"{MAXIMUM[10:]}=15000",
        ),
        (Part.USER_NAMESPACE, "ENOSPC", {MAXIMUM: "9\n"}, "(user: 9)", "user.max_*_namespaces"),
        (Part.NAMESPACES, "ENOSPC", {NET: "0\n"}, "max_net_namespaces is 0", f"sysctl -w {NET[10:]}=15000"),
        (Part.NAMESPACES, "ENOSPC", {MAXIMUM: "9", NET: "7"}, "(user: 9, net: 7)", "user.max_*_namespaces"),
        (Part.USER_NAMESPACE, "EINVAL", {}, "no user namespaces", "CONFIG_USER_NS"),
        (Part.USER_NAMESPACE, "EPERM", {APPARMOR: "1\n"}, "AppArmor", f"{APPARMOR[10:]}=0"),
        (Part.NAMESPACES, "EPERM", {APPARMOR: "1\n"}, "AppArmor", f"{APPARMOR[10:]}=0"),
        (Part.MOUNTS, "EACCES", {APPARMOR: "1\n"}, "AppArmor", f"{APPARMOR[10:]}=0"),
        (Part.USER_NAMESPACE, "EPERM", {"/.dockerenv": ""}, "container", "seccomp=unconfined"),
        (
            Part.MOUNTS,
            "EACCES",
            {"/proc/1/cgroup": "0::/kubepods/x"},
            "container",
            "apparmor=unconfined",
        ),
        (
            Part.USER_NAMESPACE,
            "EPERM",
            {"/proc/self/status": "Seccomp:\t2\n"},
            "seccomp",
            "without that filter",
        ),
        (
            Part.PROC,
            "EPERM",
            {MOUNTS: MASKED, "/.dockerenv": ""},
            "/proc/acpi, /proc/kcore",
            "systempaths=unconfined",
        ),
        (Part.PROC, "EPERM", {MOUNTS: MASKED}, "covered", "umount /proc/acpi /proc/kcore"),
        (
            Part.NAMESPACES,
            "EPERM",
            {APPARMOR: "1\n", "/.dockerenv": ""},
            "container",
            f"on its host, as root: sysctl -w {APPARMOR[10:]}=0",
        ),
        (Part.IDS, "EPERM", {}, "no known setting", "as root"),
    ],
)
def test_a_refused_part_is_explained(
    part: Part, number: str, files: dict[str, str], why: str, cure: str
) -> None:
    """Each way to forbid a capsule has its own reason and its own cure."""
    [finding] = capsule_findings(refusing(Refusal(part, number, DENIED), files))
    assert (finding.state, finding.enables) == (State.MISSING, PROFILES)
    assert finding.detail.startswith(f"{part} refused ({DENIED}): ")
    assert why in finding.detail
    assert cure.replace("/", ".") in finding.cure.replace("/", ".")


def test_settings_alone_are_no_verdict() -> None:
    """Where a capsule works, settings that often forbid one are not even mentioned."""
    files = {CLONE: "0", MAXIMUM: "0", APPARMOR: "1"}
    assert {each.state for each in capsule_findings(machine(files=files))} == {State.OK}


def test_a_refusal_of_none_of_its_parts_is_told_as_it_is() -> None:
    """Where each part alone is allowed, the words of the capsule remain."""
    [finding] = capsule_findings(refusing(None))
    assert finding.detail == "cannot make the namespaces: Operation not permitted (EPERM)"


def test_root_goes_without_a_user_namespace() -> None:
    """That is a warning with the reason, and no advice to become root."""
    refusal = Refusal(Part.USER_NAMESPACE, "ENOSPC", "No space left on device")
    rootly = replace(
        machine(files={MAXIMUM: "0"}),
        try_capsule=lambda: replace(trial(), user_namespace=False),
        ask_refusal=lambda: refusal,
    )
    finding = capsule_findings(rootly)[0]
    assert finding.state is State.WARNING
    assert "max_user_namespaces is 0" in finding.detail
    assert "run svcproof as root" not in finding.cure


def test_a_program_that_dies_in_the_capsule_is_told() -> None:
    """No attempts are no proof that anything works."""
    died = Trial(user_namespace=True, attempts=(), trouble="ended with exit code 127")
    [finding] = capsule_findings(replace(machine(), try_capsule=lambda: died))
    assert finding.state is State.MISSING
    assert "exit code 127" in finding.detail
