"""The tables of the French programme's registry. No row holds a patient's name or an identifier of an EHR's patient."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cds.store.tables import Base

__all__ = ["RtuChange", "RtuOpinion", "RtuPatient", "RtuPrescriber", "RtuPrescriberKey", "RtuStop", "RtuVisit"]

_AMOUNT = String(24)
"""Exact decimals as text: SQLite has no type for them."""


class RtuPrescriber(Base):
    """A prescriber, as `cds.rtu.model.Prescriber` has it."""

    __tablename__ = "rtu_prescriber"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    registered_on: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(200))
    rpps: Mapped[str] = mapped_column(String(11))
    specialty: Mapped[str] = mapped_column(String(200))
    setting: Mapped[str] = mapped_column(String(20))


class RtuPrescriberKey(Base):
    """What tells a prescriber: a key of an EHR, or one made of the RPPS number. The primary key decides whose it is.

    Attributes:
        given: whether it is one of the record's keys; else it follows from the RPPS number.
    """

    __tablename__ = "rtu_prescriber_key"
    __table_args__ = (Index("rtu_prescriber_key_prescriber", "prescriber"),)

    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    prescriber: Mapped[str] = mapped_column(ForeignKey("rtu_prescriber.id", ondelete="CASCADE"))
    given: Mapped[bool] = mapped_column(Boolean)


class RtuPatient(Base):
    """A patient, as `cds.rtu.model.Patient` has it."""

    __tablename__ = "rtu_patient"
    __table_args__ = (Index("rtu_patient_prescriber", "prescriber"),)

    pseudonym: Mapped[str] = mapped_column(String(64), primary_key=True)
    registered_on: Mapped[date] = mapped_column(Date)
    prescriber: Mapped[str] = mapped_column(ForeignKey("rtu_prescriber.id"))
    started_on: Mapped[date] = mapped_column(Date)
    birth_year: Mapped[int] = mapped_column(Integer)
    sex: Mapped[str] = mapped_column(String(10))
    informed: Mapped[bool] = mapped_column(Boolean)
    contraindications_checked: Mapped[bool] = mapped_column(Boolean)
    dose: Mapped[str] = mapped_column(_AMOUNT)


class RtuVisit(Base):
    """A visit, as `cds.rtu.model.Visit` has it. The same told twice is one row.

    Attributes:
        fingerprint: SHA-256 of the record.
        events: codes with blanks between.
        recorded: when it was recorded, microseconds since 1970; tells which of a day came last.
    """

    __tablename__ = "rtu_visit"
    __table_args__ = (Index("rtu_visit_patient_on", "patient", "on"),)

    patient: Mapped[str] = mapped_column(ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    on: Mapped[date] = mapped_column(Date)
    dose: Mapped[str] = mapped_column(_AMOUNT)
    events: Mapped[str] = mapped_column(Text)
    event_text: Mapped[str] = mapped_column(Text)
    alcohol: Mapped[str | None] = mapped_column(_AMOUNT)
    craving: Mapped[int | None] = mapped_column(Integer)
    recorded: Mapped[int] = mapped_column(BigInteger)


class RtuOpinion(Base):
    """An opinion, as `cds.rtu.model.RecordedOpinion` has it. The same told twice is one row.

    Attributes:
        fingerprint: SHA-256 of the record.
        recorded: when it was recorded, microseconds since 1970.
    """

    __tablename__ = "rtu_opinion"

    patient: Mapped[str] = mapped_column(ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[date] = mapped_column(Date)
    centre: Mapped[str] = mapped_column(String(200))
    favourable: Mapped[bool] = mapped_column(Boolean)
    recorded: Mapped[int] = mapped_column(BigInteger)


class RtuStop(Base):
    """A stop, as `cds.rtu.model.Stop` has it; what is told later of the same day takes its place.

    Attributes:
        tapered_until: follows from the others (`cds.rtu.course.tapered_until`); databases add days to a date each in its own way.
    """

    __tablename__ = "rtu_stop"

    patient: Mapped[str] = mapped_column(ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    taper_planned: Mapped[bool] = mapped_column(Boolean)
    taper_days: Mapped[int | None] = mapped_column(Integer)
    last_dose: Mapped[str | None] = mapped_column(_AMOUNT)
    taper_completed: Mapped[bool | None] = mapped_column(Boolean)
    tapered_until: Mapped[date] = mapped_column(Date)


class RtuChange(Base):
    """That a record of a patient was corrected; nothing of what it said.

    Attributes:
        at: seconds since 1970.
        who: as the person is called who was signed in.
        what: `registration`, `visit`, `opinion` or `stop`.
    """

    __tablename__ = "rtu_change"
    __table_args__ = (Index("rtu_change_patient", "patient"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    patient: Mapped[str] = mapped_column(ForeignKey("rtu_patient.pseudonym", ondelete="CASCADE"))
    at: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(20))
