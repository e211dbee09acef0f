"""What `cds.feedback.figures` adds up, asked of the store.

Of a card that was told of twice the latest counts. A card of which something was told was shown, also where the process that showed it was
killed before it had noted so; its unit is not known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from cds.feedback.figures import ANY, CardCount, Choices, Filters, TallyCount, UnknownCards
from cds.store import Store
from cds.store.tables import Feedback, ShownCard, Tally

__all__ = ["between", "for_reason", "read_cards", "read_choices", "read_tallies", "read_unknown_cards"]

_MS_PER_DAY = 86_400_000
_EPOCH = date(1970, 1, 1)


async def read_cards(store: Store, filters: Filters = ANY) -> tuple[CardCount, ...]:
    """The cards shown, with what became of each.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    cards = _cards().subquery()
    day = cards.c.at // _MS_PER_DAY
    keys = (
        day.label("day"),
        *(
            cards.c[name]
            for name in ("issuer", "unit", "hook", "rule", "indicator", "outcome", "system", "code", "display")
        ),
    )
    chosen = [
        *between(cards.c.at, filters),
        *(
            cards.c[name] == value
            for name, value in (
                ("issuer", filters.issuer),
                ("unit", filters.unit),
                ("hook", filters.hook),
                ("indicator", filters.indicator),
            )
            if value is not None
        ),
    ]
    if filters.rules is not None:
        chosen.append(cards.c.rule.in_(filters.rules))
    chosen += for_reason(filters, cards.c.outcome, (cards.c.system, cards.c.code, cards.c.display))
    query = select(*keys, func.count().label("cards")).where(*chosen).group_by(*keys)
    async with store.session() as session:
        rows = (await session.execute(query)).all()
    return tuple(
        CardCount(
            day=_EPOCH + timedelta(days=row.day),
            issuer=row.issuer,
            unit=row.unit,
            hook=row.hook,
            rule=row.rule,
            indicator=row.indicator,
            outcome=row.outcome,
            reason=(row.system, row.code, row.display),
            count=row.cards,
        )
        for row in rows
    )


def _cards() -> Select[tuple[object, ...]]:
    """One row a card: shown, told of, or both."""
    told = _latest().subquery()
    said = (
        told.c.outcome,
        told.c.reason_system.label("system"),
        told.c.reason_code.label("code"),
        told.c.reason_display.label("display"),
    )
    both = and_(told.c.issuer == ShownCard.issuer, told.c.card == ShownCard.card)
    shown = select(
        ShownCard.at, ShownCard.issuer, ShownCard.unit, ShownCard.hook, ShownCard.rule, ShownCard.indicator, *said
    ).outerjoin(told, both)
    only_told = (
        select(
            told.c.moment.label("at"),
            told.c.issuer,
            literal("").label("unit"),
            told.c.hook,
            told.c.rule,
            told.c.indicator,
            *said,
        )
        .outerjoin(ShownCard, both)
        .where(ShownCard.card.is_(None))
    )
    whole = union_all(shown, only_told).subquery()
    return select(*whole.c)


def _latest() -> Select[tuple[object, ...]]:
    """The latest that was told of each card of ours."""
    place = func.row_number().over(
        partition_by=(Feedback.issuer, Feedback.card), order_by=(Feedback.moment.desc(), Feedback.id.desc())
    )
    columns = (
        Feedback.issuer,
        Feedback.card,
        Feedback.hook,
        Feedback.rule,
        Feedback.indicator,
        Feedback.outcome,
        Feedback.reason_system,
        Feedback.reason_code,
        Feedback.reason_display,
    )
    ranked = select(*columns, Feedback.moment, place.label("place")).where(Feedback.known).subquery()
    return select(*ranked.c).where(ranked.c.place == 1)


_OF_RULES = ("finding", "silenced")
"""The kinds of count that belong to a rule."""


async def read_tallies(store: Store, filters: Filters = ANY) -> tuple[TallyCount, ...]:
    """The counts of calls, findings, unknown readings and latencies. Rule and indicator choose among the findings and leave the rest.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    chosen: list[ColumnElement[bool]] = [
        column == value
        for column, value in ((Tally.issuer, filters.issuer), (Tally.unit, filters.unit), (Tally.hook, filters.hook))
        if value is not None
    ]
    if filters.since is not None:
        chosen.append(Tally.day >= filters.since.isoformat())
    if filters.until is not None:
        chosen.append(Tally.day <= filters.until.isoformat())
    if filters.rules is not None:
        chosen.append(or_(Tally.kind.not_in(_OF_RULES), Tally.name.in_(filters.rules)))
    if filters.indicator is not None:
        chosen.append(or_(Tally.kind.not_in(_OF_RULES), Tally.detail == filters.indicator))
    keys = (Tally.day, Tally.kind, Tally.name, Tally.detail)
    query = select(*keys, func.sum(Tally.count)).where(*chosen).group_by(*keys)
    async with store.session() as session:
        rows = (await session.execute(query)).all()
    return tuple(
        TallyCount(day=date.fromisoformat(day), kind=kind, name=name, detail=detail, count=int(count))
        for day, kind, name, detail, count in rows
    )


async def read_unknown_cards(store: Store, filters: Filters = ANY) -> UnknownCards:
    """How much was told of cards that are none of ours; of the filters only days and issuer are known of those.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    chosen = between(Feedback.received, filters)
    if filters.issuer is not None:
        chosen.append(Feedback.issuer == filters.issuer)
    query = select(Feedback.known, func.count()).where(*chosen).group_by(Feedback.known)
    async with store.session() as session:
        found = {bool(known): count for known, count in (await session.execute(query)).all()}
    return UnknownCards(found.get(False, 0), sum(found.values()))


async def read_choices(store: Store) -> Choices:
    """The issuers, units and hooks of which there are figures, and the reasons that were told.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    async with store.session() as session:
        issuers, units, hooks = [
            tuple(sorted(await session.scalars(select(column).distinct())))
            for column in (Tally.issuer, Tally.unit, Tally.hook)
        ]
        told = _reasons()
        named = select(told.c.system, told.c.code, func.min(told.c.display)).group_by(
            told.c.system, told.c.code, told.c.words
        )
        reasons = tuple(sorted((row[0], row[1], row[2]) for row in await session.execute(named)))
    return Choices(issuers, units, hooks, reasons)


def _reasons() -> Subquery:
    """Of each overridden card of ours system and code of the reason, the display of one without a code, and the display."""
    parts = (Feedback.reason_system, Feedback.reason_code, Feedback.reason_display)
    system, code, display = (func.coalesce(part, "") for part in parts)
    columns = (system.label("system"), code.label("code"), case((code == "", display), else_="").label("words"))
    chosen = (Feedback.known, Feedback.outcome == "overridden")
    return select(*columns, display.label("display")).where(*chosen).subquery()


def between(moment: ColumnElement[int] | InstrumentedAttribute[int], filters: Filters) -> list[ColumnElement[bool]]:
    """From the first millisecond of the first day to the last one of the last."""
    chosen: list[ColumnElement[bool]] = []
    if filters.since is not None:
        chosen.append(moment >= _ms(filters.since))
    if filters.until is not None:
        chosen.append(moment < _ms(filters.until) + _MS_PER_DAY)
    return chosen


def for_reason(
    filters: Filters, outcome: ColumnElement[str], reason: Sequence[ColumnElement[str | None]]
) -> list[ColumnElement[bool]]:
    """Overridden, and for the reason that is chosen, if one is: its system, code and, without a code, display."""
    if filters.reason is None:
        return []
    system, code, display = filters.reason
    wanted = (system, code) if code else (system, code, display)
    return [
        outcome == "overridden",
        *(func.coalesce(part, "") == value for part, value in zip(reason, wanted, strict=False)),
    ]


def _ms(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000
