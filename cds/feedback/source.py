"""Where figures come from: the store, or whatever answers the same questions."""

from __future__ import annotations

from typing import Protocol

from cds.feedback.comments import Comments, forget_comment, read_comments
from cds.feedback.figures import CardCount, Choices, Filters, TallyCount, UnknownCards
from cds.feedback.reading import read_cards, read_choices, read_tallies, read_unknown_cards
from cds.store import Store

__all__ = ["FigureSource", "OwnFigures", "StoredFigures"]


class FigureSource(Protocol):
    """What can be asked. Each method raises `StoreUnavailable` where a database does not answer."""

    async def cards(self, filters: Filters) -> tuple[CardCount, ...]:
        """The cards shown, with what became of each."""

    async def tallies(self, filters: Filters) -> tuple[TallyCount, ...]:
        """The counts of calls, findings, unknown readings and latencies."""

    async def unknown_cards(self, filters: Filters) -> UnknownCards:
        """How much was told of cards that are none of ours."""

    async def comments(self, filters: Filters, *, skip: int, most: int) -> Comments:
        """The newest comments."""

    async def choices(self) -> Choices:
        """Issuers, units and hooks of which there are figures."""


class OwnFigures(FigureSource, Protocol):
    """Figures of the service's own, of which a comment can be deleted."""

    async def forget_comment(self, comment: int) -> bool:
        """Delete the comment with this id, and earlier ones on the same card; whether there was one."""


class StoredFigures:
    """What the service counted and was told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def cards(self, filters: Filters) -> tuple[CardCount, ...]:
        """The cards shown, with what became of each."""
        return await read_cards(self._store, filters)

    async def tallies(self, filters: Filters) -> tuple[TallyCount, ...]:
        """The counts of calls, findings, unknown readings and latencies."""
        return await read_tallies(self._store, filters)

    async def unknown_cards(self, filters: Filters) -> UnknownCards:
        """How much was told of cards that are none of ours."""
        return await read_unknown_cards(self._store, filters)

    async def comments(self, filters: Filters, *, skip: int, most: int) -> Comments:
        """The newest comments."""
        return await read_comments(self._store, filters, skip=skip, most=most)

    async def choices(self) -> Choices:
        """Issuers, units and hooks of which there are figures."""
        return await read_choices(self._store)

    async def forget_comment(self, comment: int) -> bool:
        """Delete the comment with this id, and earlier ones on the same card; whether there was one."""
        return await forget_comment(self._store, comment)
