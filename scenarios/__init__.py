"""Requirements as tests. Nothing but tests, and the Services that several of them ask."""
