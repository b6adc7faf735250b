"""What the findings mean for each profile."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.profiles import Profile
from svcproof.doctor.finding import Finding, obstacles


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a profile can run. needs: what it cannot run without."""

    profile: Profile
    needs: tuple[Finding, ...]

    @property
    def can_run(self) -> bool:
        """True where nothing stands in the way."""
        return not self.needs

    def __str__(self) -> str:
        if self.can_run:
            return f"{self.profile.name}: can run"
        needs = ", ".join(each.subject for each in self.needs)
        return f"{self.profile.name}: cannot run: needs {needs}"


def verdicts(findings: Sequence[Finding], profiles: Sequence[Profile]) -> list[Verdict]:
    """One for each profile."""
    return [Verdict(profile, tuple(obstacles(findings, profile))) for profile in profiles]
