"""Suggestions in words, for an EHR that cannot place them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cds.cards import escaping
from cds.language import Catalogue
from cds.phrases import Phrase


def in_words(words: Catalogue) -> Callable[[Sequence[str]], str]:
    """What makes a markdown paragraph of the plain descriptions of what is suggested, in this language."""

    def paragraph(descriptions: Sequence[str]) -> str:
        said = [escaping.markdown(text, escaping.LONGEST_ITEM) for text in descriptions]
        if len(said) == 1:
            one = words.phrase(Phrase("Suggested: {what}", what=said[0]))
            return f"**{one}**"
        heading = words.text(Phrase("Suggested:"))
        return "\n".join([f"**{heading}**\n", *(f"- {text}" for text in said)])

    return paragraph
