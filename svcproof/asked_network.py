"""What the options of a command ask of the pod network."""

import argparse

from lab.profiles import Encapsulation, Implementation, Profile


def encapsulation(options: argparse.Namespace, profile: Profile) -> Encapsulation:
    """What was asked for, or what the network does by itself."""
    return Encapsulation(options.encapsulation) if options.encapsulation else profile.encapsulation


def implementation(options: argparse.Namespace) -> Implementation | None:
    """What was asked for; None for what is at hand."""
    asked = options.network_implementation
    return None if asked == "auto" else Implementation(asked)
