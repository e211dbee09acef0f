"""The source attributes that are the same for every rule, from the checked document."""

from __future__ import annotations

from cds.documents import Document
from cds.knowledge._entries import day
from cds.knowledge.rule_entries import Transparency, Usage


def transparency(document: Document) -> Transparency:
    """Developer, funding, licence, contact, first release, and how each kind of data is used."""
    entry = document.data
    return Transparency(
        developer=entry["developer"],
        funding=entry["funding"],
        licence=entry["licence"],
        contact=entry["contact"],
        released=day(document, entry["released"], ("released",)),
        usages=tuple(
            Usage(key, usage["title"], tuple(usage["attributes"]), usage["when_read"], usage["otherwise"])
            for key, usage in entry["usages"].items()
        ),
        attributes=dict(entry["attributes"]),
    )
