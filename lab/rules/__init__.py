"""Reads and changes the rules of a node through the kernel's own interfaces. Only ever inside a lab's namespaces."""
