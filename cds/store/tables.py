"""The tables. A change here needs a migration (`cds/store/migrations/versions`); a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Base", "EndedSession", "Feedback", "Remembered", "SeenToken", "ShownCard", "Tally"]


class Base(DeclarativeBase):
    """All tables of the store."""


class SeenToken(Base):
    """A token that was presented, so that it is not accepted again. The primary key decides which of two callers was first.

    Attributes:
        issuer: its `iss`.
        jti: SHA-256 of its `jti`.
        until: second since 1970 until which it could be presented.
    """

    __tablename__ = "seen_token"
    __table_args__ = (Index("seen_token_until", "until"),)

    issuer: Mapped[str] = mapped_column(String(512), primary_key=True)
    jti: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    until: Mapped[int] = mapped_column(BigInteger)


class EndedSession(Base):
    """A session of the pages that was ended by signing out, so that a copy of its cookie is worth nothing.

    Attributes:
        session: SHA-256 of its id.
        until: second since 1970 in which it would have ended by itself.
    """

    __tablename__ = "ended_session"

    session: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    until: Mapped[int] = mapped_column(BigInteger)


class Remembered(Base):
    """A thing of the service's own that outlives it, one of each: the fingerprint of the secret, the administrator's password, what all sessions hold by."""

    __tablename__ = "remembered"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Feedback(Base):
    """What became of one card, as an EHR told it. The same told twice is one row.

    Attributes:
        received: ms since 1970.
        issuer: the caller's name in the operator's file; empty where nobody is known.
        service: id of the service that was told.
        card: the card's id as it was sent.
        fingerprint: SHA-256 of what was told, without the time: an EHR may stamp each try anew.
        known: whether the id is one of this service's own; without that rule, indicator, hook and knowledge are null.
        knowledge: four hexadecimal digits that tell the version of the knowledge.
        outcome: `accepted` or `overridden`.
        outcome_at: ms since 1970, as it was told first; null where it was not told or could not be read.
        moment: ms since 1970 by which the latest of a card is found: the newest `outcome_at` of those that told the same, else `received`.
        suggestions: ids of the accepted suggestions, JSON list.
        remedies: what those were, JSON list of keys of remedies, as far as the ids are ours.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("issuer", "card", "fingerprint", name="feedback_once"),
        Index("feedback_received", "received"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    received: Mapped[int] = mapped_column(BigInteger)
    issuer: Mapped[str] = mapped_column(String(200))
    service: Mapped[str] = mapped_column(String(100))
    card: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    known: Mapped[bool] = mapped_column(Boolean)
    rule: Mapped[str | None] = mapped_column(String(100))
    indicator: Mapped[str | None] = mapped_column(String(20))
    hook: Mapped[str | None] = mapped_column(String(40))
    knowledge: Mapped[str | None] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(20))
    outcome_at: Mapped[int | None] = mapped_column(BigInteger)
    moment: Mapped[int] = mapped_column(BigInteger)
    reason_system: Mapped[str | None] = mapped_column(String(500))
    reason_code: Mapped[str | None] = mapped_column(String(200))
    reason_display: Mapped[str | None] = mapped_column(String(500))
    comment: Mapped[str | None] = mapped_column(Text)
    suggestions: Mapped[str] = mapped_column(Text)
    remedies: Mapped[str] = mapped_column(Text)


class ShownCard(Base):
    """A card that an answer carried: the denominator of what is told of cards, and the unit it was shown in. No patient, no figure.

    Attributes:
        issuer: the caller's name in the operator's file; empty where nobody is known.
        card: its id.
        at: ms since 1970.
        unit: the organisation of the encounter, as the EHR calls it; empty where it was not told.
        rule: the rule that leads it.
    """

    __tablename__ = "shown_card"
    __table_args__ = (Index("shown_card_at", "at"),)

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    card: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(200))
    hook: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(100))
    indicator: Mapped[str] = mapped_column(String(20))


class Tally(Base):
    """How often something happened on one day.

    Attributes:
        day: the UTC day, as ISO 8601 writes it.
        kind: `call`, `finding`, `silenced`, `silenced_card`, `silenced_call`, `unknown` or `latency`.
        name: of that kind: `concerned` or `other`, a rule id, the indicator of a card, a kind of unknown, the upper bound of a latency in ms
            or `more`; empty of a call.
        detail: the indicator of a finding; of a latency `concerned` or `other`; else empty.
    """

    __tablename__ = "tally"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    unit: Mapped[str] = mapped_column(String(200), primary_key=True)
    hook: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    detail: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
