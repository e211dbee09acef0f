"""Keeping what EHRs tell of cards. What is told twice is kept once; what is told of a card that is none of ours is kept, too."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cds.cards.identity import Identities
from cds.protocol.feedback import FeedbackItem, Reason
from cds.store import Store
from cds.store.tables import Feedback
from cds.store.writing import insert_new

__all__ = ["FeedbackLog", "Recorded"]

_LONGEST_ISSUER = 200
_NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one call.

    Attributes:
        new: items kept for the first time.
        repeated: items that had been told before, or twice in this call.
        unknown: items, new or not, of cards that are none of ours.
        outcomes: rule and outcome of each new item; no rule where the card is unknown.
    """

    new: int
    repeated: int
    unknown: int
    outcomes: tuple[tuple[str | None, str], ...]


class FeedbackLog:
    """Feedback in the store.

    Args:
        store: where it is kept.
        identities: tells what the ids of cards and suggestions say.
    """

    def __init__(self, store: Store, identities: Identities) -> None:
        self._store = store
        self._identities = identities

    async def record(self, issuer: str, service: str, items: Sequence[FeedbackItem], now: datetime) -> Recorded:
        """Keep the items: all of them are on the disk when this returns, or none.

        Args:
            issuer: the caller's name in the operator's file; empty where nobody is known.
            service: id of the service that was told.
            items: what was told.
            now: the moment, with its offset.

        Raises:
            StoreUnavailable: the database does not answer, or has no room.
        """
        if not items:
            return Recorded(0, 0, 0, ())
        received = int(now.timestamp() * 1000)
        rows = [self._row(issuer[:_LONGEST_ISSUER], service, item, received) for item in items]
        columns = (Feedback.rule, Feedback.outcome, Feedback.card, Feedback.fingerprint, Feedback.moment)
        async with self._store.session() as session:
            kept = await insert_new(session, Feedback, rows, *columns)
            await _note_newer(session, rows, {(row.card, row.fingerprint): row.moment for row in kept})
        return Recorded(
            new=len(kept),
            repeated=len(rows) - len(kept),
            unknown=sum(not row["known"] for row in rows),
            outcomes=tuple((row.rule, row.outcome) for row in kept),
        )

    def _row(self, issuer: str, service: str, item: FeedbackItem, received: int) -> dict[str, Any]:
        identity = self._identities.card(item.card) if item.card else None
        reason = item.reason or _NO_REASON
        remedies = [found.remedy for found in map(self._identities.suggestion, item.suggestions) if found]
        return {
            "received": received,
            "issuer": issuer,
            "service": service,
            "card": str(uuid.UUID(item.card)) if identity and item.card else item.card or "",
            "fingerprint": _fingerprint(item),
            "known": identity is not None,
            "rule": identity and identity.rule,
            "indicator": identity and identity.indicator,
            "hook": identity and identity.hook,
            "knowledge": identity and identity.knowledge,
            "outcome": item.outcome,
            "outcome_at": item.outcome_at,
            "moment": _moment(item.outcome_at, received) or received,
            "reason_system": reason.system,
            "reason_code": reason.code,
            "reason_display": reason.display,
            "comment": item.comment,
            "suggestions": json.dumps(item.suggestions),
            "remedies": json.dumps(remedies),
        }


def _fingerprint(item: FeedbackItem) -> bytes:
    """SHA-256 of all that was told of the card, without the time: an EHR may stamp each try anew."""
    reason = item.reason or _NO_REASON
    told: list[object] = [item.outcome, sorted(item.suggestions)]
    told += [reason.system, reason.code, reason.display, item.comment]
    return hashlib.sha256(json.dumps(told).encode()).digest()


def _moment(outcome_at: int | None, received: int) -> int | None:
    """The moment that was told; one that is yet to come is an error of a clock, and none."""
    return outcome_at if outcome_at is not None and outcome_at <= received else None


async def _note_newer(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]], kept: Mapping[tuple[str, bytes], int]
) -> None:
    """Note the newest moment of what had been told before, so that it can be the latest of its card again.

    Args:
        session: the transaction that kept the rows.
        rows: what was told, of one issuer.
        kept: moment by card and fingerprint of the rows that were new.
    """
    newer: dict[tuple[str, bytes], int] = {}
    for row in rows:
        key, moment = (row["card"], row["fingerprint"]), _moment(row["outcome_at"], row["received"])
        if moment is not None and moment > max(newer.get(key, 0), kept.get(key, 0)):
            newer[key] = moment
    for (card, fingerprint), moment in sorted(newer.items()):  # in one order: two writers never wait for each other
        same = (Feedback.issuer == rows[0]["issuer"], Feedback.card == card, Feedback.fingerprint == fingerprint)
        await session.execute(update(Feedback).where(*same, Feedback.moment < moment).values(moment=moment))
