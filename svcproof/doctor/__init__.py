"""`svcproof doctor`: what this machine can run, by trying, and the cure for the rest."""
