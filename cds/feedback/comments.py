"""What prescribers wrote beside their answers: their own words, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Subquery, and_, func, select, update

from cds.feedback.figures import ANY, Filters, Outcome
from cds.feedback.reading import between, for_reason
from cds.store import Store
from cds.store.tables import Feedback, ShownCard

__all__ = ["Comment", "Comments", "forget_comment", "read_comments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment. Its text is a clinician's and may hold anything.

    Attributes:
        id: by which it can be deleted; 0 of invented ones.
        received: the moment, UTC.
        unit: empty where it was not told.
        reason: system, code and display of the reason; parts are empty where they were not told.
        text: as it was typed; a `Phrase` where it is invented.
    """

    id: int = 0
    received: datetime
    issuer: str
    unit: str
    hook: str
    rule: str
    indicator: str
    outcome: Outcome
    reason: tuple[str, str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Comments:
    """Some comments of all.

    Attributes:
        some: those asked for.
        count: how many there are: cards that were commented on.
        of: cards of which something was told, with a comment or without.
    """

    some: tuple[Comment, ...]
    count: int
    of: int


async def read_comments(store: Store, filters: Filters = ANY, *, skip: int = 0, most: int = 20) -> Comments:
    """The newest comment on each card of ours, of the days they were received.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    told = _told(filters)
    commented = and_(told.c.comment.is_not(None), told.c.comment_place == 1)
    some = select(told).where(commented).order_by(told.c.received.desc(), told.c.id.desc()).offset(skip).limit(most)
    async with store.session() as session:
        counts = (func.count().filter(commented), func.count().filter(told.c.place == 1))
        count, of = (await session.execute(select(*counts).select_from(told))).one()
        rows = (await session.execute(some)).all()
    comments = tuple(
        Comment(
            id=row.id,
            received=datetime.fromtimestamp(row.received / 1000, UTC),
            issuer=row.issuer,
            unit=row.unit,
            hook=row.hook,
            rule=row.rule,
            indicator=row.indicator,
            outcome=row.outcome,
            reason=(row.reason_system or "", row.reason_code or "", row.reason_display or ""),
            text=row.comment,
        )
        for row in rows
    )
    return Comments(comments, count, of)


async def forget_comment(store: Store, comment: int) -> bool:
    """Delete a comment, and earlier ones on the same card: they are often the same words. What was told stays told.

    The fingerprint stays as it is, so that an EHR that tells the same again does not bring the comment back.

    Args:
        store: where it is kept.
        comment: its id.

    Returns:
        Whether there was one.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    of_it = select(Feedback.issuer, Feedback.card).where(Feedback.id == comment, Feedback.comment.is_not(None))
    async with store.session() as session:
        found = (await session.execute(of_it)).one_or_none()
        if found is None:
            return False
        same = (Feedback.issuer == found.issuer, Feedback.card == found.card)
        await session.execute(update(Feedback).where(*same).values(comment=None))
    return True


def _told(filters: Filters) -> Subquery:
    """The items of feedback on cards of ours: their places among those of a card, and among those with a comment or without."""
    shown = and_(ShownCard.issuer == Feedback.issuer, ShownCard.card == Feedback.card)
    unit = func.coalesce(ShownCard.unit, "")
    card, latest = (Feedback.issuer, Feedback.card), (Feedback.moment.desc(), Feedback.id.desc())
    place = func.row_number().over(partition_by=card, order_by=latest)
    comment_place = func.row_number().over(partition_by=(*card, Feedback.comment.is_not(None)), order_by=latest)
    columns = (
        *(Feedback.id, Feedback.received, Feedback.issuer, Feedback.hook, Feedback.rule, Feedback.indicator),
        *(
            Feedback.outcome,
            Feedback.reason_system,
            Feedback.reason_code,
            Feedback.reason_display,
            Feedback.comment,
            unit.label("unit"),
        ),
        *(place.label("place"), comment_place.label("comment_place")),
    )
    chosen = [Feedback.known, *between(Feedback.received, filters)]
    for column, value in (
        (Feedback.issuer, filters.issuer),
        (unit, filters.unit),
        (Feedback.hook, filters.hook),
        (Feedback.indicator, filters.indicator),
    ):
        if value is not None:
            chosen.append(column == value)
    if filters.rules is not None:
        chosen.append(Feedback.rule.in_(filters.rules))
    chosen += for_reason(
        filters,
        Feedback.outcome.expression,
        (Feedback.reason_system.expression, Feedback.reason_code.expression, Feedback.reason_display.expression),
    )
    return select(*columns).outerjoin(ShownCard, shown).where(*chosen).subquery()
