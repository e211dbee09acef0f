"""What can be wrong with the knowledge files, or with a question put to them.

Exception
└── KnowledgeError            a file that must not be used: names file, line and cause
    └── UnknownEntryError     nothing of that id, or nothing in force on that day (also a KeyError)
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """A knowledge file refuses to load.

    Attributes:
        cause: what is wrong, as a sentence without a full stop.
        file: path below the knowledge folder, None where no one file is at fault.
        line: line in that file, counted from 1.
    """

    def __init__(self, cause: str, file: str | None = None, line: int | None = None) -> None:
        self.cause = cause
        self.file = file
        self.line = line
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place}: {cause}" if place else cause)


class UnknownEntryError(KnowledgeError, KeyError):
    """Nothing is known under that id, or nothing holds on that day."""

    def __str__(self) -> str:
        return self.cause
