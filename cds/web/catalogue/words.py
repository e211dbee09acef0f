"""Words of the pages that stand for keys of the knowledge, and figures as exactly as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from cds.knowledge import Knowledge
from cds.knowledge.model import Confidence
from cds.knowledge.regimes import CriticalMeaning, WarnMeaning
from cds.knowledge.rule_entries import FIGURE, Family, IndicatorCode, RegimeColumn
from cds.language import Catalogue
from cds.phrases import Phrase

FAMILIES: Mapping[Family, Phrase] = {
    "dose": Phrase("Oral dose"),
    "renal": Phrase("Kidneys"),
    "age": Phrase("Age and weight"),
    "rtu": Phrase("French programme for alcohol use disorder"),
    "stop": Phrase("Stop, taper, restart"),
    "intrathecal": Phrase("Intrathecal baclofen"),
    "caution": Phrase("Cautions and interactions"),
    "missing": Phrase("What could not be checked"),
}
"""The families in the order of the contract."""

INDICATORS: Mapping[IndicatorCode, Phrase] = {
    "info": Phrase("info"),
    "warning": Phrase("warning"),
    "critical": Phrase("critical"),
}

PLACES: Mapping[str, Phrase] = {
    "US": Phrase("United States"),
    "CA": Phrase("Canada"),
    "UK": Phrase("United Kingdom"),
    "FR": Phrase("France"),
    "DE": Phrase("Germany"),
}
"""The jurisdictions whose regimes the knowledge has."""

NO_FIGURE = Phrase("(no figure in force)")

CONFIDENCES: Mapping[Confidence, Phrase] = {
    "source": Phrase("stands in a source document of the project"),
    "read": Phrase("read in the publication or a public copy of it"),
    "derived": Phrase("follows from what the source says"),
    "background": Phrase("professional background that nobody has looked up yet"),
}

COLUMNS: Mapping[RegimeColumn, Phrase] = {
    "start": Phrase("Start at most"),
    "step": Phrase("Step at most"),
    "interval_days": Phrase("Interval at least"),
    "warn": Phrase("Warning above"),
    "critical": Phrase("Critical above"),
}

COLUMN_UNITS: Mapping[RegimeColumn, str] = {
    "start": "mg/d",
    "step": "mg/d",
    "interval_days": "d",
    "warn": "mg/d",
    "critical": "mg/d",
}

LADDER_ONLY = Phrase("the rungs of the French programme")
"""What stands where a regime has no figure to warn above."""

WARN_MEANINGS: Mapping[WarnMeaning, Phrase] = {
    "maximum": Phrase("the daily maximum of the text"),
    "recommendation": Phrase("no maximum: from here on specialist care is strongly recommended"),
}

CRITICAL_MEANINGS: Mapping[CriticalMeaning, Phrase] = {
    "highest_cited": Phrase("no source goes higher"),
    "ceiling": Phrase("the programme does not cover more"),
    "graded": Phrase("this project's own line"),
    "advised_against": Phrase("strongly advised against"),
}

_EXACT_DIGITS = 2


def exact(value: Fraction, words: Catalogue) -> str:
    """A figure as exactly as it is: as a decimal where two digits are enough, else as a fraction such as `1/3`."""
    return words.number(value) if (value * 10**_EXACT_DIGITS).denominator == 1 else str(value)


def measured(value: Fraction, unit: str, words: Catalogue) -> str:
    """A figure with its unit in words."""
    return words.with_unit(exact(value, words), unit, one=words.is_one(value))


def filled(sentence: str, knowledge: Knowledge, on: date, words: Catalogue) -> str:
    """A sentence of `RuleEntry.fires` with the figures of the day in words."""

    def shown(key: str) -> str:
        value = next((one for one in knowledge.parameters[key] if one.in_force(on)), None)
        return words.phrase(NO_FIGURE) if value is None else measured(value.value, value.unit, words)

    return FIGURE.sub(lambda match: shown(match[1]), sentence)
