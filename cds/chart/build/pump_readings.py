"""What was read from a pump and observed after its test doses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction

from cds.chart.build.moments import moment_of
from cds.chart.build.patient import NOT_A_RESULT, measured
from cds.chart.build.sources import ADMINISTRATIONS, PUMP_READINGS, Sources
from cds.chart.intrathecal import Response, TestBolus
from cds.chart.reading import Absent, Known, Listing, Origin, Reading, Unknown
from cds.fhir.medication import identify, resolve
from cds.fhir.quantity import convert, exact
from cds.fhir.resources import Medication, MedicationAdministration, Observation
from cds.fhir.route import route_of_concept
from cds.phrases import Phrase

GIVEN = frozenset({"completed", "in-progress"})
READINGS = ("test_dose_response", "reservoir_concentration", "pump_predicted_empty")


def readings_of(sources: Sources) -> dict[str, list[Observation]]:
    """The observations about a pump, by what they say, in one pass over all of them."""
    found: dict[str, list[Observation]] = {name: [] for name in READINGS}
    for observation, kinds in sources.observed:
        if observation.status in NOT_A_RESULT:
            continue
        for kind in kinds & found.keys():
            found[kind].append(observation)
    return found


def given_test_doses(
    sources: Sources, medications: Mapping[str, Medication], observations: Iterable[Observation]
) -> Listing[TestBolus]:
    """The single intrathecal doses of baclofen that were given, the oldest first, each with its response."""
    responses = _responses(observations)
    unanswered: Reading[Response] = sources.missing(PUMP_READINGS) or Absent()
    found: list[TestBolus] = []
    undated: Unknown | None = None
    for administration in sources.record.of(MedicationAdministration):
        dosage = administration.dosage
        if administration.status not in GIVEN or dosage is None or dosage.dose is None or dosage.route is None:
            continue
        concept, medication, display = resolve(administration, medications)
        if identify(concept, medication, sources.knowledge, display).baclofen == "none":
            continue
        amount = convert(dosage.dose, "ug")
        if route_of_concept(dosage.route) != "intrathecal" or amount is None or amount <= 0:
            continue
        period = administration.effectivePeriod
        at = moment_of(administration.effectiveDateTime or (period.start if period else None), sources)
        if at is None:
            undated = Unknown(Phrase("a test dose on file bears no date"))
            continue
        found.append(TestBolus(amount, at, responses.get(administration.reference, unanswered)))
    found.sort(key=lambda dose: dose.at.earliest)
    return Listing(tuple(found), sources.missing(ADMINISTRATIONS) or undated)


def _responses(observations: Iterable[Observation]) -> dict[str, Known[Response]]:
    """Durations of response by the administration they belong to."""
    found: dict[str, Known[Response]] = {}
    for observation in observations:
        if observation.valueQuantity is None:
            continue
        value = exact(observation.valueQuantity.value)
        hours = Fraction(0) if value == 0 else convert(observation.valueQuantity, "h")
        if hours is None or hours < 0:
            continue
        response = Response(hours, observation.valueQuantity.comparator)
        for part in observation.partOf or ():
            if part.target:
                found[part.target] = Known(response, Origin(observation.reference))
    return found


def programmed_concentration(sources: Sources, observations: Iterable[Observation]) -> Reading[Fraction]:
    """What the pump is set to, µg/mL, by the newest reading."""
    newest = _newest(sources, observations)
    if newest is None:
        return sources.missing(PUMP_READINGS) or Absent()
    value = measured(newest.valueQuantity, "ug/mL")
    if value is None:
        return Unknown(Phrase("the pump's programmed concentration cannot be read"))
    return Known(value, Origin(newest.reference, sources.day(newest.effectiveDateTime)))


def predicted_empty(sources: Sources, observations: Iterable[Observation]) -> Reading[date]:
    """The day on which the pump's supply ends, by the newest reading."""
    newest = _newest(sources, observations)
    if newest is None:
        return sources.missing(PUMP_READINGS) or Absent()
    ends = sources.day(newest.valueDateTime)
    if ends is None:
        return Unknown(Phrase("the end of the pump's supply cannot be read"))
    return Known(ends, Origin(newest.reference, sources.day(newest.effectiveDateTime)))


def _day(observation: Observation, sources: Sources) -> date:
    return sources.day(observation.effectiveDateTime or observation.issued) or date.min


def _newest(sources: Sources, observations: Iterable[Observation]) -> Observation | None:
    """The newest reading by the evaluation date; one without a date counts as the oldest."""
    found: list[tuple[datetime, Observation]] = []
    for observation in observations:
        taken = moment_of(observation.effectiveDateTime or observation.issued, sources)
        if taken is None:
            found.append((datetime.min.replace(tzinfo=UTC), observation))
        elif _day(observation, sources) <= sources.evaluation_date:
            found.append((taken.earliest, observation))
    return max(found, key=lambda pair: pair[0])[1] if found else None
