"""What the registry amounts to, as the agency published it after five weeks.

Every figure says of whom it is a count, and what it is a share of.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from cds.phrases import Phrase
from cds.rtu.course import dose_last_told, newest_of, stop_in_force
from cds.rtu.model import Contents, Stop, Visit
from cds.spreadsheets import guarded

__all__ = ["BANDS", "Band", "BandFigures", "Figure", "Figures", "Week", "figures_csv", "figures_of", "stopped_on"]

PRESCRIBERS = Phrase("registered prescribers")
PRESCRIBERS_WITH = Phrase("prescribers with patients")
PRESCRIBERS_WITHOUT = Phrase("prescribers without patients")
PATIENTS = Phrase("registered patients")
STARTED_SINCE = Phrase("patients started since the programme opened")
STOPPED = Phrase("patients who stopped the treatment")
RUNNING = Phrase("patients who have not stopped the treatment")
RUNNING_IN_BAND = Phrase("of them with the last daily dose in the band")
PATIENTS_IN_BAND = Phrase("patients with a visit at a dose of the band")
PATIENTS_WITH_EVENTS = Phrase("of them with an adverse event at such a visit")
VISITS_IN_BAND = Phrase("visits at a dose of the band")
EVENTS_IN_BAND = Phrase("adverse events at these visits")

_WEEK = timedelta(7)


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and what it is a share of.

    Attributes:
        count: the numerator.
        of_whom: what was counted.
        total: the denominator; None for a plain count.
        out_of: what the denominator counts.
    """

    count: int
    of_whom: Phrase
    total: int | None = None
    out_of: Phrase | None = None

    @property
    def value(self) -> Fraction | None:
        """The count of a plain count, else count divided by total; None where the total is 0."""
        if self.total is None:
            return Fraction(self.count)
        return Fraction(self.count, self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Band:
    """Daily doses, mg, from the lowest up to the highest.

    Attributes:
        lowest: belongs to the band.
        highest: belongs to the next one, unless `closed`; None where there is no end.
        closed: whether `highest` belongs to the band.
        open_below: whether `lowest` belongs to the band before.
    """

    lowest: int
    highest: int | None
    closed: bool = False
    open_below: bool = False

    @property
    def label(self) -> str:
        """`<40`, `40–<80`, `180–300`, `>300`."""
        if self.highest is None:
            return f">{self.lowest}"
        if self.lowest == 0:
            return f"<{self.highest}"
        return f"{self.lowest}–{'' if self.closed else '<'}{self.highest}"

    def holds(self, dose: Decimal) -> bool:
        """Whether a daily dose, mg, is of the band."""
        above = dose > self.lowest if self.open_below else dose >= self.lowest
        if self.highest is None:
            return above
        return above and (dose <= self.highest if self.closed else dose < self.highest)


BANDS = (
    Band(0, 40),
    Band(40, 80),
    Band(80, 120),
    Band(120, 180),
    Band(180, 300, closed=True),
    Band(300, None, open_below=True),
)
"""Along the programme's ladder: advice from 120, from 180, nothing above 300; below, the halves of 80."""


@dataclass(frozen=True, slots=True)
class Week:
    """Registrations of one week.

    Attributes:
        name: as ISO 8601 writes it (`2014-W12`).
        monday: its first day.
    """

    name: str
    monday: date
    prescribers: Figure
    patients: Figure


@dataclass(frozen=True, slots=True)
class BandFigures:
    """One band of daily doses.

    Attributes:
        patients: by the last dose told of them, of the patients who have not stopped.
        with_events: patients with at least one adverse event at a visit of the band, of those with such a visit.
        events: adverse events at visits of the band, of these visits; can be above one.
    """

    band: Band
    patients: Figure
    with_events: Figure
    events: Figure


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a registry.

    Attributes:
        without_patients: prescribers without a patient, of all.
        patients_per_prescriber_with: patients, of the prescribers who have any: the agency's "average of 4".
        patients_per_prescriber: patients, of all prescribers.
        started_since: patients whose treatment began on the day the programme opened or later.
        stops: patients who stopped and did not take baclofen again.
        weeks: every week from the first registration to the last.
        bands: by daily dose.
    """

    prescribers: Figure
    without_patients: Figure
    patients: Figure
    patients_per_prescriber_with: Figure
    patients_per_prescriber: Figure
    started_since: Figure
    stops: Figure
    weeks: tuple[Week, ...]
    bands: tuple[BandFigures, ...]


def figures_of(contents: Contents, opened: date) -> Figures:
    """The figures of a registry.

    Args:
        contents: the registry.
        opened: the day on which the programme began.
    """
    prescribers, patients = len(contents.prescribers), len(contents.patients)
    ids = {each.id for each in contents.prescribers}
    having = len(ids & {each.prescriber for each in contents.patients})
    started = sum(each.started_on >= opened for each in contents.patients)
    stopped = stopped_on(contents)
    return Figures(
        prescribers=Figure(prescribers, PRESCRIBERS),
        without_patients=Figure(prescribers - having, PRESCRIBERS_WITHOUT, prescribers, PRESCRIBERS),
        patients=Figure(patients, PATIENTS),
        patients_per_prescriber_with=Figure(patients, PATIENTS, having, PRESCRIBERS_WITH),
        patients_per_prescriber=Figure(patients, PATIENTS, prescribers, PRESCRIBERS),
        started_since=Figure(started, STARTED_SINCE, patients, PATIENTS),
        stops=Figure(len(stopped), STOPPED, patients, PATIENTS),
        weeks=_weeks(contents),
        bands=_bands(contents, stopped),
    )


def stopped_on(contents: Contents) -> Mapping[str, date]:
    """When each patient stopped who did and, as far as later visits tell, did not take baclofen again."""
    stops: dict[str, list[Stop]] = defaultdict(list)
    for stop in contents.stops:
        stops[stop.patient].append(stop)
    visits = _by_patient(contents.visits)
    held = ((name, stop_in_force(of_one, visits.get(name, ()))) for name, of_one in stops.items())
    return {name: stop.on for name, stop in held if stop is not None}


def _by_patient(visits: Iterable[Visit]) -> Mapping[str, list[Visit]]:
    found: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        found[visit.patient].append(visit)
    return found


def _weeks(contents: Contents) -> tuple[Week, ...]:
    prescribers = Counter(_monday(each.registered_on) for each in contents.prescribers)
    patients = Counter(_monday(each.registered_on) for each in contents.patients)
    both = prescribers | patients
    if not both:
        return ()
    first, last = min(both), max(both)
    return tuple(
        Week(
            f"{monday.isocalendar().year}-W{monday.isocalendar().week:02}",
            monday,
            Figure(prescribers[monday], PRESCRIBERS, len(contents.prescribers), PRESCRIBERS),
            Figure(patients[monday], PATIENTS, len(contents.patients), PATIENTS),
        )
        for monday in (first + _WEEK * count for count in range((last - first) // _WEEK + 1))
    )


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _bands(contents: Contents, stopped: Mapping[str, date]) -> tuple[BandFigures, ...]:
    of_patient = _by_patient(contents.visits)
    visits: dict[Band, list[Visit]] = defaultdict(list)
    for visit in contents.visits:
        visits[_band(visit.dose)].append(visit)
    running = [each for each in contents.patients if each.pseudonym not in stopped]
    doses = Counter(_band(dose_last_told(each, newest_of(of_patient.get(each.pseudonym, ())))) for each in running)
    return tuple(_band_figures(band, doses[band], len(running), visits[band]) for band in BANDS)


def _band_figures(band: Band, patients: int, running: int, visits: list[Visit]) -> BandFigures:
    events = sum(_events(visit) for visit in visits)
    seen = {visit.patient for visit in visits}
    affected = {visit.patient for visit in visits if _events(visit)}
    return BandFigures(
        band,
        Figure(patients, RUNNING_IN_BAND, running, RUNNING),
        Figure(len(affected), PATIENTS_WITH_EVENTS, len(seen), PATIENTS_IN_BAND),
        Figure(events, EVENTS_IN_BAND, len(visits), VISITS_IN_BAND),
    )


def _events(visit: Visit) -> int:
    """How many adverse events a visit tells; words without a code are one."""
    return len(visit.events) or int(bool(visit.event_text))


def _band(dose: Decimal) -> Band:
    return next(band for band in BANDS if band.holds(dose))


COLUMNS = ("figure", "group", "value", "numerator", "numerator_of", "denominator", "denominator_of")


def figures_csv(figures: Figures, words: Callable[[Phrase], str] = str) -> bytes:
    """All figures as CSV, UTF-8 with a byte order mark, by which spreadsheets know it: one a line, each with its numerator and denominator and what they count.

    Values have at most six decimals; a share of nothing has none.

    Args:
        figures: the figures.
        words: how a language says what was counted.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(guarded, _line(*each, words)) for each in _each(figures))
    return out.getvalue().encode("utf-8-sig")


def _each(figures: Figures) -> Iterator[tuple[str, str, Figure]]:
    for name in (
        "prescribers",
        "without_patients",
        "patients",
        "patients_per_prescriber_with",
        "patients_per_prescriber",
        "started_since",
        "stops",
    ):
        yield (name, "", getattr(figures, name))
    for week in figures.weeks:
        yield ("prescribers_of_week", week.name, week.prescribers)
        yield ("patients_of_week", week.name, week.patients)
    for each in figures.bands:
        yield ("patients_by_dose", each.band.label, each.patients)
        yield ("patients_with_adverse_events_by_dose", each.band.label, each.with_events)
        yield ("adverse_events_by_dose", each.band.label, each.events)


def _line(name: str, group: str, figure: Figure, words: Callable[[Phrase], str]) -> tuple[str, ...]:
    value = figure.value
    return (
        name,
        group,
        "" if value is None else f"{float(value):.6f}".rstrip("0").rstrip("."),
        str(figure.count),
        words(figure.of_whom),
        "" if figure.total is None else str(figure.total),
        "" if figure.out_of is None else words(figure.out_of),
    )
