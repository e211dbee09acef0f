"""Templates with `{placeholders}`, taken apart once."""

from __future__ import annotations

import functools
import string

__all__ = ["placeholders", "segments"]

_MAX_CACHED = 4096  # texts of ours, in every language; never a text of the EHR


@functools.lru_cache(maxsize=_MAX_CACHED)
def segments(template: str) -> tuple[tuple[str, str | None], ...]:
    """The pieces of a template: a text, and the name of the placeholder that follows it (None at the end).

    Raises:
        ValueError: a placeholder is not a plain name, or a brace stands alone.
    """
    pieces = []
    for literal, name, form, conversion in string.Formatter().parse(template):
        if name is not None and (form or conversion or not name.isidentifier()):
            raise ValueError(f"placeholder {{{name}}} is not a plain name")
        pieces.append((literal, name))
    return tuple(pieces)


def placeholders(template: str) -> frozenset[str]:
    """The names a template asks for."""
    return frozenset(name for _, name in segments(template) if name is not None)
