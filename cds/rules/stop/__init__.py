"""Abrupt stop, taper, restart: rules.md §8."""
