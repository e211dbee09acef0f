"""Checks baclofen orders while they are written, as a CDS Hooks service."""

__all__ = ["__version__"]

__version__ = "0.1.0"
