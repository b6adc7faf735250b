"""What each command does with its options: turns words into facts, calls the function that acts, prints.

A module imports what its commands need: svcproof.cli imports the module of the command that was typed, and no other.
"""
