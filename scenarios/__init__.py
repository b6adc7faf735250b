"""Requirements as tests. Nothing but tests."""
