"""Boundary cases of every rule, written for people, and the hook calls they stand for."""
