"""What a page answers in place of what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cds.phrases import Phrase

__all__ = ["PageError"]

_NONE: Mapping[str, str] = MappingProxyType({})


class PageError(Exception):
    """A page that says why there is none.

    Args:
        status: HTTP status.
        heading: what is wrong, a few words.
        message: what it means and what to do, in sentences.
        headers: further headers.
    """

    def __init__(self, status: int, heading: Phrase, message: Phrase, headers: Mapping[str, str] = _NONE) -> None:
        super().__init__(f"{heading}")
        self.status = status
        self.heading = heading
        self.message = message
        self.headers = headers
