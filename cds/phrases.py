"""Sentences of the service's own, kept apart from words of the EHR.

A `Phrase` is an ordinary English `str` that still knows its template and parts, so that a catalogue can say it in another language
at the moment it is worded. A plain `str` among facts comes from the EHR: it is escaped and never translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Self

__all__ = ["Phrase"]


class Phrase(str):
    """One sentence or name in English, with placeholders filled.

    Attributes:
        template: the English text with its `{placeholders}`: the message id of the catalogues.
        parts: what fills them: phrases, which are translated, too, figures, dates, words of the EHR, or tuples of these.
    """

    __slots__ = ("parts", "template")

    template: str
    parts: Mapping[str, object]

    def __new__(cls, template: str, /, **parts: object) -> Self:
        """The phrase; `Phrase("the EHR sent no {what}", what=Phrase("problem list"))`."""
        filled = template.format(**{name: _plain(part) for name, part in parts.items()}) if parts else template
        phrase = super().__new__(cls, filled)
        phrase.template = template
        phrase.parts = MappingProxyType(parts)
        return phrase


def _plain(part: object) -> str:
    """A part in English without typography, for logs and machines."""
    if isinstance(part, tuple):
        return ", ".join(_plain(item) for item in part)
    return f"{float(part):.12g}" if isinstance(part, Fraction) else str(part)
