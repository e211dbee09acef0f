"""What the knowledge files say, as values: references, dated figures, periods, products, rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Confidence = Literal["source", "read", "derived", "background"]
"""How far a statement was checked: it stands in a source document of the project (`source`), was read in the named
publication (`read`), follows from such a statement (`derived`), or is professional background that nobody has
looked up yet (`background`)."""

CONFIDENCES: tuple[Confidence, ...] = ("source", "read", "derived", "background")
"""From the strongest to the weakest."""

Cause = Literal["amount", "pace", "kidneys", "unit", "sedation", "stop", "pump dose", "own"]
Family = Literal["dose", "renal", "age", "rtu", "stop", "intrathecal", "caution", "missing"]
Attribute = Literal[
    "age",
    "sex",
    "weight",
    "renal_function",
    "conditions",
    "allergies",
    "medications",
    "alcohol_use",
    "country",
    "care_setting",
    "supply",
    "registration",
]
"""What of the patient a rule's logic reads, as US HTI-1 §170.315(b)(11) wants it listed."""
RegimeColumn = Literal["start", "step", "interval_days", "warn", "critical"]
Topic = Literal[
    "patient",
    "conditions",
    "allergies",
    "medications",
    "renal_labs",
    "body_measures",
    "encounter",
    "practitioner",
    "service_requests",
    "procedures",
]
ProductForm = Literal["tablet", "solution", "suspension", "granules", "injection"]
ProductRoute = Literal["oral", "intrathecal"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source: where a figure, a code or an advice comes from.

    Attributes:
        id: its key in `references.yaml`.
        label: short name for a card, with its year beside it.
        year: year of the version that was read; of an undated source, the year in which it was read.
        url: public address, None where the source has none that lasts.
        kind: label, guideline, study, decision, review, handbook, terminology or project.
        confidence: how far its content was checked.
        title: full title where it is known, else what the source is.
        last_checked: the day a person last looked at it.
    """

    id: str
    label: str
    year: int
    url: str | None
    kind: str
    confidence: Confidence
    title: str
    last_checked: date


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure, for the days on which it holds.

    Attributes:
        id: dotted id, such as `renal.severe.egfr`.
        value: the exact figure.
        unit: UCUM unit (`1` for a ratio).
        references: ids of its references.
        confidence: how far it was checked.
        last_checked: the day a person last looked at it.
        valid_from: first day, None for as long as anyone asks about.
        valid_to: last day, None while it holds.
        title: what the figure is, in words.
    """

    id: str
    value: Fraction
    unit: str
    references: tuple[str, ...]
    confidence: Confidence
    last_checked: date
    valid_from: date | None = None
    valid_to: date | None = None
    title: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the figure holds on that day; both ends count."""
        return _within(on, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days with a legal or practical meaning; an open end is None.

    Attributes:
        id: its key in `periods.yaml`.
        title: what holds in it.
        start: first day.
        end: last day.
        references: ids of its references.
    """

    id: str
    title: str
    start: date | None
    end: date | None
    references: tuple[str, ...]

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period; both ends count."""
        return _within(day, self.start, self.end)


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A coded baclofen product.

    Attributes:
        drug: always `baclofen`.
        name: name as registered.
        brand: brand name, None for a generic or a clinical drug code.
        strength_mg: mg in one tablet or packet, None for liquids and where the code's strength is not verified.
        strength_mg_per_ml: mg in one mL, None for solids and where the code's strength is not verified.
        form: dose form.
        route: `oral` or `intrathecal`.
        jurisdiction: country of the register the code is from (FR, US), None for a code without a country.
        authorised_for_alcohol: alcohol use disorder is among its authorised indications (France).
        baclocur: one of the four Baclocur strengths.
        cis: French CIS code, whatever code it was found by.
        references: ids of its references.
        confidence: how far code and strength were checked.
    """

    drug: str
    name: str
    brand: str | None
    strength_mg: Fraction | None
    strength_mg_per_ml: Fraction | None
    form: ProductForm
    route: ProductRoute
    jurisdiction: str | None
    authorised_for_alcohol: bool
    baclocur: bool
    cis: str | None
    references: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Message:
    """A text of a rule: two templates with `{placeholders}`."""

    summary: str
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a rule's history.

    Attributes:
        on: the day of the change.
        kind: `clinical` where a card may change for a patient, else `technical`.
        text: what changed, in a sentence.
    """

    on: date
    kind: Literal["clinical", "technical"]
    text: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What is known about a rule besides its code.

    Attributes:
        id: rule id, stable for ever.
        title: name for people.
        family: folder of the rule.
        cause: findings of one cause share a card; `own` shares with nobody.
        position: order of the contract; a lower one leads on a tie.
        check: the check in words, to say that it did not run.
        references: ids of the references the rule rests on.
        parameters: ids of the figures it reads.
        replaces: rules whose findings vanish when this one fires.
        joins: where this rule names a condition of one value set, the rule whose card it then shares.
        needs: data without which it cannot run.
        texts: its messages by key.
        not_covered: what the rule leaves out, in sentences.
        attributes: what of the patient its logic reads.
        regime: the columns of the regime table that it compares with.
        remedies: ways to mend it that its card may offer, the recommended one first.
        overrides: keys of its override reasons; empty for those of its family.
        history: its changes, oldest first.
    """

    id: str
    title: str
    family: Family
    cause: Cause
    position: int
    check: str
    references: tuple[str, ...]
    parameters: tuple[str, ...]
    replaces: tuple[str, ...]
    joins: Mapping[str, str]
    needs: tuple[Topic, ...]
    texts: Mapping[str, Message]
    not_covered: tuple[str, ...]
    attributes: tuple[Attribute, ...] = ()
    regime: tuple[RegimeColumn, ...] = ()
    remedies: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()


def _within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
