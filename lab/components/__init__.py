"""Where the real programs come from."""
