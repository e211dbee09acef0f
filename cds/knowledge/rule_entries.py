"""What the knowledge says of the rules and of what cards offer, as values: entries, texts, history, remedies, override reasons."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

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
    "dispenses",
    "pump_readings",
    "devices",
]


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
        form: the form of the registry that its card opens; None for no link.
        jurisdictions: where alone it can fire; empty for everywhere.
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
    form: Literal["patient", "prescriber", "visit", "opinion"] | None = None
    jurisdictions: tuple[str, ...] = ()


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
