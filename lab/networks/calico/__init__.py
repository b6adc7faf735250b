"""Calico: its documented data path, built of the kernel's own parts and BIRD."""
