"""What the knowledge files say, as values: references, dated figures, periods, products, rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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

OVERRIDE_SYSTEM = "urn:baclofen-cds:override"
"""Code system of the override reasons. Not under the service's address, so that a site's mapping outlives a move."""

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
IndicatorCode = Literal["info", "warning", "critical"]
FIGURE = re.compile(r"\{([a-z0-9_.]+)\}")
"""A figure in a sentence of `RuleEntry.fires`, by its id."""

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
    "administrations",
    "pump_readings",
    "devices",
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
        documentation: what else there is to know of it, in sentences; empty where nothing.
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
    documentation: str = ""

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
        documentation: what else there is to know of it, in sentences; empty where nothing.
    """

    id: str
    title: str
    start: date | None
    end: date | None
    references: tuple[str, ...]
    documentation: str = ""

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
class RemedyText:
    """The words of a remedy: two templates with `{placeholders}`.

    Attributes:
        label: what the button says.
        description: what choosing it does.
    """

    label: str
    description: str


@dataclass(frozen=True, slots=True)
class ServiceCoding:
    """A code with the address of its system."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """An examination or an opinion that a card may request.

    Attributes:
        key: its key.
        text: what is requested, in words.
        category: the kind of service, None where nothing fits.
        default: its code.
        by_jurisdiction: other codes where a country prefers them.
    """

    key: str
    text: str
    category: ServiceCoding | None
    default: ServiceCoding
    by_jurisdiction: Mapping[str, ServiceCoding]

    def coding(self, jurisdiction: str) -> ServiceCoding:
        """The code that a country uses."""
        return self.by_jurisdiction.get(jurisdiction, self.default)


@dataclass(frozen=True, slots=True)
class Message:
    """A text of a rule: two templates with `{placeholders}`."""

    summary: str
    detail: str


@dataclass(frozen=True, slots=True)
class OverrideReason:
    """What a prescriber may answer instead of following a card.

    Attributes:
        key: its name in the knowledge files.
        code: code under `OVERRIDE_SYSTEM`, letters and digits, stable for ever.
        display: the English words.
    """

    key: str
    code: str
    display: str


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
        fires: when it fires and how urgently, in sentences; `{parameter.id}` stands for the figure in force with its unit.
        indicators: the indicators its findings may bear, the mildest first.
        period: the period outside of which it never speaks; None where it speaks at every date.
        attributes: what of the patient its logic reads.
        regime: the columns of the regime table that it compares with or names.
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
    fires: tuple[str, ...]
    indicators: tuple[IndicatorCode, ...]
    attributes: tuple[Attribute, ...]
    history: tuple[Change, ...]
    period: str | None = None
    regime: tuple[RegimeColumn, ...] = ()
    remedies: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Whether and how one kind of data is used, as US HTI-1 §170.315(b)(11)(iv)(A) wants it said of every intervention.

    Attributes:
        id: key, such as `sex`.
        title: the kind of data, in words.
        attributes: the patient attributes of a rule that have to do with it.
        when_read: what is said of a rule that reads one of them.
        otherwise: what is said of any other rule.
    """

    id: str
    title: str
    attributes: tuple[Attribute, ...]
    when_read: str
    otherwise: str

    def of(self, attributes: Collection[Attribute]) -> str:
        """What is said of a rule that reads these attributes."""
        return self.otherwise if set(self.attributes).isdisjoint(attributes) else self.when_read


@dataclass(frozen=True, slots=True)
class Transparency:
    """What is the same for every rule among the source attributes of US HTI-1.

    Attributes:
        developer, funding, licence, contact: statements, in sentences.
        released: the day of the first release.
        usages: the kinds of data the regulation names, in its order.
        attributes: every patient attribute of the rules in words.
    """

    developer: str
    funding: str
    licence: str
    contact: str
    released: date
    usages: tuple[Usage, ...]
    attributes: Mapping[Attribute, str]


def _within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
