"""What the service remembers: things of its own, feedback, the cards shown, tallies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "remembered",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("service", sa.String(100), nullable=False),
        sa.Column("card", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("known", sa.Boolean, nullable=False),
        sa.Column("rule", sa.String(100)),
        sa.Column("indicator", sa.String(20)),
        sa.Column("hook", sa.String(40)),
        sa.Column("knowledge", sa.String(8)),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("outcome_at", sa.BigInteger),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("reason_system", sa.String(500)),
        sa.Column("reason_code", sa.String(200)),
        sa.Column("reason_display", sa.String(500)),
        sa.Column("comment", sa.Text),
        sa.Column("suggestions", sa.Text, nullable=False),
        sa.Column("remedies", sa.Text, nullable=False),
        sa.UniqueConstraint("issuer", "card", "fingerprint", name="feedback_once"),
    )
    op.create_index("feedback_received", "feedback", ["received"])
    op.create_table(
        "shown_card",
        sa.Column("issuer", sa.String(200), primary_key=True),
        sa.Column("card", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("unit", sa.String(200), nullable=False),
        sa.Column("hook", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("indicator", sa.String(20), nullable=False),
    )
    op.create_index("shown_card_at", "shown_card", ["at"])
    op.create_table(
        "tally",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("issuer", sa.String(200), primary_key=True),
        sa.Column("unit", sa.String(200), primary_key=True),
        sa.Column("hook", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("detail", sa.String(20), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("tally", "shown_card", "feedback", "remembered"):
        op.drop_table(table)
