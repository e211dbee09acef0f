"""Renal function: rules.md §5."""
