"""Breaks the rules of a live lab one at a time and asks which claims notice: do the claims say enough?"""
