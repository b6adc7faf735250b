"""Makes and drives one cluster. Knows nothing of claims and verdicts; imports no other room."""
