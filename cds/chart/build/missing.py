"""What of the record was not there, or not whole, as far as a card must own up to it."""

from __future__ import annotations

from collections.abc import Iterable

from cds.chart.build.orders import Draft, is_nameless
from cds.chart.build.sources import (
    ADMINISTRATIONS,
    ALLERGIES,
    CONDITIONS,
    CURRENT_REQUESTS,
    CURRENT_STATEMENTS,
    DISPENSES,
    LABORATORY,
    PATIENT,
    PROCEDURES,
    PUMP_READINGS,
    Sources,
)
from cds.chart.intrathecal import Intrathecal
from cds.chart.model import ORDER_HOOKS, AgeRange, Hook, Kidneys, MissingData, Setting, Therapy
from cds.chart.reading import Absent, Known, Reading, Unknown
from cds.chart.stay import Stay
from cds.fhir.record import Question
from cds.phrases import Phrase

Topics = tuple[tuple[str, tuple[Question, ...]], ...]

MEDICATIONS: tuple[str, tuple[Question, ...]] = ("medications", (CURRENT_REQUESTS, CURRENT_STATEMENTS))
OF_ORDERS: Topics = (
    ("patient", (PATIENT,)),
    ("conditions", (CONDITIONS,)),
    ("allergies", (ALLERGIES,)),
    MEDICATIONS,
)
"""At an order renal results, weight and birth date have rules of their own that say when they are missing."""
OF_RECORD: Topics = (
    ("patient", (PATIENT,)),
    ("conditions", (CONDITIONS,)),
    MEDICATIONS,
    ("renal_labs", (LABORATORY,)),
    ("procedures", (PROCEDURES,)),
)
"""Without an order nobody else says that renal results are missing. Each hook names only what one of its own rules needs."""


def missing_of(sources: Sources, hook: Hook) -> tuple[MissingData, ...]:
    """The parts of the record that were not sent, or not whole."""
    found = []
    for topic, questions in OF_ORDERS if hook in ORDER_HOOKS else OF_RECORD:
        unknown = sources.missing(*questions)
        if unknown is not None:
            found.append(MissingData(topic, unknown.because))
    if sources.record.foreign:
        found.append(MissingData("orders", Phrase("records of another patient were sent and left out")))
    return tuple(found)


def missing_of_kidneys(
    sources: Sources, hook: Hook, therapy: Therapy, kidneys: Kidneys, age: Reading[AgeRange]
) -> tuple[MissingData, ...]:
    """The renal results, where no oral order is checked: RenalUnknown speaks of oral orders, so nobody else says that they are missing.

    Where orders are intrathecal only, results that were not sent. Where another drug is ordered for a patient who takes oral baclofen, any
    eGFR that is not known; not from the age on at which that pair is warned of without one.
    """
    if hook not in ORDER_HOOKS or therapy.checked_oral:
        return ()
    because = None
    if therapy.checked:
        unknown = sources.missing(LABORATORY)
        because = unknown.because if unknown else None
    elif any(order.oral for order in therapy.taken) and not _older(sources, age):
        match kidneys.egfr:
            case Unknown(reason):
                because = reason
            case Absent():
                because = Phrase("no eGFR or creatinine that still counts is on file")
            case Known():
                pass
    return () if because is None else (MissingData("renal_labs", because),)


def missing_history(sources: Sources, hook: Hook, therapy: Therapy) -> tuple[MissingData, ...]:
    """What was dispensed and given before, where an oral order hangs on it: whether it is a start, and whether supply had run out."""
    if hook not in ORDER_HOOKS or not therapy.checked_oral:
        return ()
    asked = [("dispenses", DISPENSES)]
    if isinstance(therapy.starts, Unknown):
        asked.append(("administrations", ADMINISTRATIONS))
    unknown = [(topic, sources.missing(question)) for topic, question in asked]
    return tuple(MissingData(topic, reason.because) for topic, reason in unknown if reason is not None)


def _older(sources: Sources, age: Reading[AgeRange]) -> bool:
    limit = sources.knowledge.figure("older_adult.age", sources.evaluation_date)
    return isinstance(age, Known) and age.value.at_least(limit)


def missing_drafts(drafts: Iterable[Draft], unreadable: Iterable[str]) -> tuple[MissingData, ...]:
    """The drafted orders that could not be read, or of which nothing tells the drug.

    Args:
        drafts: the drafted orders of any drug.
        unreadable: places in the request that hold no readable order.
    """
    given = list(drafts)
    broken = list(unreadable)
    broken += [
        Phrase("{members} of {order}", members=draft.order.unreadable[:3], order=draft.order.reference)
        for draft in given
        if draft.order.unreadable and draft.about_baclofen
    ]
    found = [MissingData("orders", Phrase("{place} could not be read", place=place)) for place in broken]
    nameless = next((draft for draft in given if is_nameless(draft.order)), None)
    if nameless is not None:
        found.append(
            MissingData("orders", Phrase("nothing tells which drug {order} is", order=nameless.order.reference))
        )
    return tuple(found)


def missing_of_stay(
    sources: Sources, hook: Hook, setting: Reading[Setting], stay: Stay, intrathecal: Intrathecal
) -> tuple[MissingData, ...]:
    """At the hooks without orders: the encounter, where something hangs on it, and the readings of a pump that is there."""
    if hook in ORDER_HOOKS:
        return ()
    found = []
    if isinstance(setting, Unknown):
        found.append(MissingData("encounter", setting.because))
    elif isinstance(setting, Known) and isinstance(stay.hours, Unknown) and hook == "patient-view":
        if setting.value == "inpatient":
            found.append(MissingData("encounter", stay.hours.because))
    elif hook != "patient-view" and not isinstance(setting, Known):
        found.append(MissingData("encounter", Phrase("the EHR named no encounter")))
    readings = sources.missing(PUMP_READINGS)
    if isinstance(intrathecal.pump, Known) and readings is not None:
        found.append(MissingData("pump_readings", readings.because))
    return tuple(found)
