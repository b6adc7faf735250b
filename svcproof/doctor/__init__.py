"""`svcproof doctor`: what this machine can run, found out by trying, and what would cure the rest."""
