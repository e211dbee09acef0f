"""Records and figures as the pages show them: values for the tables and plots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cds.language import Catalogue
from cds.phrases import Phrase
from cds.rtu.course import last_seen, newest_of, stop_in_force
from cds.rtu.figures import Figure, Figures
from cds.rtu.found import History
from cds.rtu.model import Visit
from cds.rtu.wording import EVENTS

__all__ = ["PAGE", "HistoryView", "Tile", "history_view", "page_number", "plots_of", "short", "tiles_of"]

PAGE = 50
"""How many stand on one page of a list."""

_SHORT = 8  # characters


def short(pseudonym: str) -> str:
    """A pseudonym as people read it."""
    return f"{pseudonym[:_SHORT]}…"


def page_number(text: str | None) -> int:
    """The number of a page; the first where there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A patient's history.

    Attributes:
        days: of the doses, in order: the registration's and the visits'.
        doses: mg a day, by day.
        alcohol: declared consumption, g a day, by day; None where it was not told.
        visits: the newest first, each with its adverse events in words.
        last_seen: the newest visit, or the registration.
        stopped_on: the stop in force.
        due: whether the next visit is due.
    """

    days: list[date]
    doses: list[Fraction]
    alcohol: list[Fraction | None]
    visits: list[tuple[Visit, list[Phrase]]]
    last_seen: date
    stopped_on: date | None
    due: bool


def history_view(history: History, before: date) -> HistoryView:
    """What the page of a patient shows.

    Args:
        history: the records.
        before: who was last seen before that day is due.
    """
    visits = history.visits
    last = last_seen(history.patient, newest_of(visits))
    stop = stop_in_force(history.stops, visits)
    points = [
        (history.patient.registered_on, history.patient.dose, None),
        *((each.on, each.dose, each.alcohol) for each in visits),
    ]
    points.sort(key=lambda point: point[0])  # visits of before the registration are told, too
    return HistoryView(
        days=[day for day, _, _ in points],
        doses=[Fraction(dose) for _, dose, _ in points],
        alcohol=[_fraction(alcohol) for _, _, alcohol in points],
        visits=[(each, [EVENTS[code] for code in each.events]) for each in reversed(visits)],
        last_seen=last,
        stopped_on=None if stop is None else stop.on,
        due=stop is None and last < before,
    )


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure by itself.

    Attributes:
        title: what it is.
        value: as the language writes it; empty where there is nothing to divide by.
        of: the numerator and the denominator in words; empty for a plain count.
    """

    title: str
    value: str
    of: str


_TITLES = {
    "prescribers": Phrase("Registered prescribers"),
    "without_patients": Phrase("Prescribers without patients"),
    "patients": Phrase("Registered patients"),
    "patients_per_prescriber_with": Phrase("Patients per prescriber who has any"),
    "patients_per_prescriber": Phrase("Patients per prescriber, of all"),
    "started_since": Phrase("Started since the programme opened"),
    "stops": Phrase("Stopped"),
}
_SHARES = frozenset({"without_patients", "started_since", "stops"})


def tiles_of(figures: Figures, words: Catalogue) -> list[Tile]:
    """The single figures."""
    return [_tile(name, getattr(figures, name), words) for name in _TITLES]


def _tile(name: str, figure: Figure, words: Catalogue) -> Tile:
    value = figure.value
    shown = "" if value is None else words.measure(value * 100, "%") if name in _SHARES else words.number(value)
    return Tile(words.phrase(_TITLES[name]), shown, _of(figure, words.phrase))


def _of(figure: Figure, say: Callable[[Phrase], str]) -> str:
    if figure.total is None or figure.out_of is None:
        return ""
    return say(
        Phrase(
            "{of_whom}: {count}; {out_of}: {total}",
            of_whom=figure.of_whom,
            count=figure.count,
            out_of=figure.out_of,
            total=figure.total,
        )
    )


def plots_of(figures: Figures) -> dict[str, Any]:
    """Labels and series of the plots; shares in per cent, each with its denominator."""
    bands = [each.band.label for each in figures.bands]
    return {
        "weeks": [each.name for each in figures.weeks],
        "prescribers": [each.prescribers.count for each in figures.weeks],
        "patients": [each.patients.count for each in figures.weeks],
        "bands": bands,
        "doses": [each.patients.count for each in figures.bands],
        "running": [each.patients.total for each in figures.bands],
        "with_events": [_percent(each.with_events) for each in figures.bands],
        "seen": [each.with_events.total for each in figures.bands],
        "events": [_percent(each.events) for each in figures.bands],
        "visits": [each.events.total for each in figures.bands],
    }


def _percent(figure: Figure) -> Fraction | None:
    value = figure.value
    return None if value is None else value * 100
