"""Pages, for people and, as JSON, for programs: one folder an area, in one frame (`frame`)."""

from cds.web.catalogue.markdown import write_markdown
from cds.web.site import web_routes

__all__ = ["web_routes", "write_markdown"]
