"""Tokens that were presented."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "seen_token",
        sa.Column("issuer", sa.String(512), primary_key=True),
        sa.Column("jti", sa.LargeBinary(32), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("seen_token_until", "seen_token", ["until"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("seen_token")
