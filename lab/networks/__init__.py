"""The pod networks: what connects pods on one node and on several."""
