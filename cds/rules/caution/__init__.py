"""Cautions: rules.md §10."""
