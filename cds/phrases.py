"""Sentences of the service's own, kept apart from words of the EHR.

A `Phrase` is an ordinary English `str` that still knows its template and parts, so that a catalogue can say it in another language
at the moment it is worded. A plain `str` among facts comes from the EHR: it is escaped and never translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["Phrase"]


class Phrase(str):
    """One sentence or name in English, with placeholders filled.

    Attributes:
        template: the English text with its `{placeholders}`: the message id of the catalogues.
        parts: what fills them; a part that is a Phrase is translated, too.
    """

    __slots__ = ("parts", "template")

    template: str
    parts: Mapping[str, object]

    def __new__(cls, template: str, /, **parts: object) -> Phrase:
        """The phrase; `Phrase("the EHR sent no {what}", what=Phrase("problem list"))`."""
        phrase = super().__new__(cls, template.format(**parts) if parts else template)
        phrase.template = template
        phrase.parts = MappingProxyType(parts)
        return phrase
