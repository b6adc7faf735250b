"""Turns results into pages. Imports conformance.results and what that is made of: no lab, no pytest."""
