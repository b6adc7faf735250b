"""Whether a lab runs Calico itself or builds its data path, and why."""

from lab.components.calico import CALICO_VERSION, BuiltDatapath, CalicoParts, any_in, parts_in
from lab.components.calico_images import CalicoImages
from lab.components.image_tools import image_tools
from lab.components.progress import Progress, Silence
from lab.components.sources import Sources
from lab.errors import UsageError
from lab.profiles import Implementation, NetworkName, Profile

_NOT_AT_HAND = "its programs were neither handed in nor in the cache"


def calico_for(
    profile: Profile, wanted: Implementation | None, sources: Sources, progress: Progress
) -> CalicoParts | BuiltDatapath | None:
    """What the network of a lab is made of, if it is Calico; None for another network.

    wanted: None takes what is at hand, which never takes long: programs that were handed in, the cache, else the data
    path. REAL gets the images where neither has them. ComponentError where programs are not whole, of another
    version, or not to be had; UsageError where a network is asked for an implementation that it does not have.
    """
    if profile.network is not NetworkName.CALICO:
        if wanted is Implementation.DATAPATH:
            raise UsageError(
                f"{profile.network} has no data path of the lab's own",
                next_step="leave --network-implementation out: its programs are always real",
            )
        return None
    chosen = _chosen(wanted, sources, progress)
    if isinstance(chosen, CalicoParts):
        progress.say(f"calico {chosen.version}: {'; '.join(dict.fromkeys(chosen.origins.values()))}")
    else:
        progress.say(f"calico: its data path, built by the lab; {chosen.because}")
        if wanted is None:
            progress.say(f"calico: {_how_to_get(sources)}")
    return chosen


def is_at_hand(sources: Sources) -> bool:
    """Whether a lab that may choose would run Calico itself: any of it was handed in, or the cache has it all."""
    return any_in(sources.directory) or CalicoImages(sources, Silence()).is_cached


def _chosen(
    wanted: Implementation | None, sources: Sources, progress: Progress
) -> CalicoParts | BuiltDatapath:
    if wanted is Implementation.DATAPATH:
        return BuiltDatapath("as was asked for")
    if sources.directory is not None and any_in(sources.directory):
        return parts_in(sources.directory)
    images = CalicoImages(sources, progress)
    if wanted is Implementation.REAL:
        return images.get()
    return images.cached() or BuiltDatapath(_NOT_AT_HAND)


def _how_to_get(sources: Sources) -> str:
    tools = ", ".join(image_tools(sources.environ))
    how = f"by {tools}" if tools else "once skopeo or a container engine is installed"
    return f"--network-implementation real gets {CALICO_VERSION} from its images {how}"
