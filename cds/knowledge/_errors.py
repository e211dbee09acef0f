"""What can be wrong with the knowledge files, or with a question put to them.

Exception
└── KnowledgeError            a file that must not be used: names file, line and cause
    └── UnknownEntryError     nothing of that id, or nothing in force on that day (also a KeyError)
"""

from __future__ import annotations

from cds.documents import DocumentError


class KnowledgeError(DocumentError):
    """A knowledge file refuses to load; `file` is its path below the knowledge folder."""


class UnknownEntryError(KnowledgeError, KeyError):
    """Nothing is known under that id, or nothing holds on that day."""

    def __str__(self) -> str:
        return self.cause
