"""What can be wrong with a document."""

from __future__ import annotations


class DocumentError(Exception):
    """A file must not be used.

    Attributes:
        cause: what is wrong, as a sentence without a full stop.
        file: the file as its reader calls it, None where no one file is at fault.
        line: line in that file, counted from 1.
    """

    def __init__(self, cause: str, file: str | None = None, line: int | None = None) -> None:
        self.cause = cause
        self.file = file
        self.line = line
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place}: {cause}" if place else cause)
