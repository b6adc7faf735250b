"""Whether Calico's images can be got, where they were asked for and its programs are not at hand."""

from lab.components.calico_choice import is_at_hand
from lab.components.image_tools import ImageTool, image_tools
from lab.components.sources import Sources
from lab.profiles import Implementation, NetworkName
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import with_network
from svcproof.doctor.packages import cure_by_packages

_PACKAGES = (ImageTool.SKOPEO.value,)


def image_findings(machine: Machine, sources: Sources, wanted: Implementation | None) -> list[Finding]:
    """A finding where a lab of Calico would get images; none where it would not."""
    if wanted is not Implementation.REAL or is_at_hand(sources):
        return []
    tools = image_tools(sources.environ)
    detail = f"Calico's images, by {', '.join(tools)}; a run does that"
    return [
        Finding(
            id="images",
            subject="images",
            state=State.WARNING if tools else State.MISSING,
            detail=detail
            if tools
            else f"none of {', '.join(ImageTool)} is in PATH, to get Calico's images with",
            enables=with_network(NetworkName.CALICO),
            cure=""
            if tools
            else f"{cure_by_packages(machine, _PACKAGES)}; or hand in the programs by --components DIR",
            packages=() if tools else _PACKAGES,
        )
    ]
