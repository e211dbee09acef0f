"""Saying figures: every count with its denominator and its period, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cds.feedback.comments import Comments
from cds.feedback.figures import CardCount, TallyCount, UnknownCards
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.web.safety.chosen import Chosen
from cds.web.safety.model import percent
from cds.web.safety.words import Names

__all__ = ["Read", "Said", "Teller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read for one page.

    Attributes:
        chosen: what was asked for.
        cards: shown in the period.
        tallies: of the period.
        unknown_cards: of the period and the caller.
        comments: some of them.
    """

    chosen: Chosen
    cards: tuple[CardCount, ...]
    tallies: tuple[TallyCount, ...]
    unknown_cards: UnknownCards
    comments: Comments


class Teller:
    """Words and names of one language."""

    def __init__(self, words: Catalogue, names: Names) -> None:
        self.words = words
        self.names = names
        self.said = Said(words)

    def notes(self, read: Read, *sentences: Phrase) -> tuple[str, ...]:
        """Sentences, and the period behind them."""
        if read.chosen.by_reason:
            sentences += (Phrase("Of cards only those are counted that were overridden for the chosen reason; calls and findings have no reason, and are all counted."),)  # fmt: skip
        period = Phrase("Period: {first} to {last}, days in UTC.", first=read.chosen.since, last=read.chosen.until)
        return tuple(map(self.words.phrase, (*sentences, period)))

    def of_calls(self, read: Read) -> tuple[Phrase, ...]:
        """What filters do to calls."""
        if not read.chosen.by_rule:
            return ()
        return (Phrase("Calls have no rule and no indicator: of those filters they are all counted."),)


class Said:
    """Says counts with their denominators, in one language."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def part(self, count: int, of: int) -> str:
        """`12 of 40 (30 %)`, without the share of a small denominator."""
        share = percent(count, of)
        if share is None:
            return self._words.phrase(Phrase("{count} of {whole}", count=count, whole=of))
        said = self._words.measure(share, "%")
        return self._words.phrase(Phrase("{count} of {whole} ({share})", count=count, whole=of, share=said))

    def per_hundred(self, count: int, of: int) -> str:
        """`12.5 per 100`; `3 per 2` where the denominator is too small: it is no share, and may be above one."""
        rate = percent(count, of)
        if rate is None:
            return self._words.phrase(Phrase("{count} per {whole}", count=count, whole=of))
        return self._words.phrase(Phrase("{rate} per 100", rate=rate))

    def parts(self, counts: Sequence[int], of: Sequence[int]) -> tuple[str, ...]:
        """Each with its denominator."""
        return tuple(self.part(count, whole) for count, whole in zip(counts, of, strict=True))

    def numbers(self, counts: Sequence[int]) -> tuple[str, ...]:
        """Counts without a denominator, which are one themselves."""
        return tuple(map(self._words.number, counts))
