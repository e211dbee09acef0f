"""The registry of the French programme: prescribers, patients, visits, opinions, stops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

_AMOUNT = sa.String(24)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "rtu_prescriber",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("specialty", sa.String(200), nullable=False),
        sa.Column("setting", sa.String(20), nullable=False),
    )
    op.create_table(
        "rtu_prescriber_key",
        sa.Column("key", sa.String(500), primary_key=True),
        sa.Column("prescriber", sa.String(64), sa.ForeignKey("rtu_prescriber.id", ondelete="CASCADE"), nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
    )
    op.create_index("rtu_prescriber_key_prescriber", "rtu_prescriber_key", ["prescriber"])
    op.create_table(
        "rtu_patient",
        sa.Column("pseudonym", sa.String(64), primary_key=True),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("prescriber", sa.String(64), sa.ForeignKey("rtu_prescriber.id"), nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("birth_year", sa.Integer, nullable=False),
        sa.Column("sex", sa.String(10), nullable=False),
        sa.Column("informed", sa.Boolean, nullable=False),
        sa.Column("contraindications_checked", sa.Boolean, nullable=False),
        sa.Column("dose", _AMOUNT, nullable=False),
    )
    op.create_index("rtu_patient_prescriber", "rtu_patient", ["prescriber"])
    op.create_table(
        "rtu_visit",
        _of_patient(),
        sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("dose", _AMOUNT, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("event_text", sa.Text, nullable=False),
        sa.Column("alcohol", _AMOUNT),
        sa.Column("craving", sa.Integer),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
    op.create_index("rtu_visit_patient_on", "rtu_visit", ["patient", "on"])
    op.create_table(
        "rtu_opinion",
        _of_patient(),
        sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("centre", sa.String(200), nullable=False),
        sa.Column("favourable", sa.Boolean, nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "rtu_stop",
        _of_patient(),
        sa.Column("on", sa.Date, primary_key=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("taper_planned", sa.Boolean, nullable=False),
        sa.Column("taper_days", sa.Integer),
        sa.Column("last_dose", _AMOUNT),
        sa.Column("taper_completed", sa.Boolean),
        sa.Column("tapered_until", sa.Date, nullable=False),
    )
    op.create_table(
        "rtu_change",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("patient", sa.String(64), sa.ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
    )
    op.create_index("rtu_change_patient", "rtu_change", ["patient"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "rtu_change",
        "rtu_stop",
        "rtu_opinion",
        "rtu_visit",
        "rtu_patient",
        "rtu_prescriber_key",
        "rtu_prescriber",
    ):
        op.drop_table(table)


def _of_patient() -> sa.Column[str]:
    return sa.Column(
        "patient", sa.String(64), sa.ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"), primary_key=True
    )
