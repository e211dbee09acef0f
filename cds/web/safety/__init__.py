"""The dashboard of those who watch over the medication: what was said, what became of it, what was missing."""

from cds.web.safety.routes import safety_area

__all__ = ["safety_area"]
