"""Dose, oral: rules.md §4."""
