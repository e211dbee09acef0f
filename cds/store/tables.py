"""The tables. A change here needs a migration (`cds/store/migrations/versions`); a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Base", "SeenToken"]


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
