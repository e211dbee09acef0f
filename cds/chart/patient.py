"""The patient as rules see it: age, reasons, problems, allergies, other drugs, the French programme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.reading import Absent, Listing, Reading, Unknown
from cds.phrases import Phrase


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Age in completed years on the evaluation date; a partial birth date makes a range."""

    low: int
    high: int

    @property
    def partial(self) -> bool:
        """Whether the birth date is incomplete."""
        return self.low != self.high

    def below(self, years: Fraction | int) -> bool:
        """Whether the age may be below: a rule that holds at either end fires."""
        return self.low < years

    def at_least(self, years: Fraction | int) -> bool:
        """Whether the age may be this or above."""
        return self.high >= years


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose rules apply.

    Attributes:
        code: US, CA, UK, FR, DE, or the ISO code of another country.
        because: `issuer`, `product`, `country`, `rxnorm` or `default`.
    """

    code: str
    because: Literal["issuer", "product", "country", "rxnorm", "default"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for baclofen.

    Attributes:
        name: in the EHR's words; '' where it is a code alone.
        kinds: the value sets it belongs to (stroke, cerebral_palsy …).
    """

    name: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Indication:
    """Why baclofen is ordered.

    Attributes:
        kinds: any of spasticity, alcohol, neuropathic, other; empty where unknown.
        source: where it was read: on the order, on the problem list, or nowhere.
        reasons: each reason of the order; empty where the indication was read elsewhere.
        unread: the order refers to a reason that was not sent, and no other one of it can be read.
    """

    kinds: frozenset[str] = frozenset()
    source: Literal["order", "problem list", "unknown"] = "unknown"
    reasons: tuple[Reason, ...] = ()
    unread: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The order's reasons in the EHR's words, each once."""
        return _names(self.reasons)

    def among(self, *kinds: str) -> tuple[Reason, ...]:
        """The order's reasons that belong to one of these value sets."""
        return tuple(reason for reason in self.reasons if not reason.kinds.isdisjoint(kinds))

    def naming(self, *kinds: str) -> str:
        """Those of these value sets in the EHR's words; '' where they are codes alone."""
        return ", ".join(_names(self.among(*kinds)))

    @property
    def alcohol_on_order(self) -> bool:
        """Whether alcohol use disorder is the indication: the order's reason, or the only thing on the list that could be."""
        return "alcohol" in self.kinds and not (self.source == "problem list" and "spasticity" in self.kinds)


def _names(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.name for reason in reasons if reason.name))


@dataclass(frozen=True, slots=True)
class Problem:
    """A condition on record.

    Attributes:
        name: in the EHR's words.
        kinds: the value sets it belongs to.
        active: active, recurrence or relapse; otherwise past.
        onset: the day it began, where recorded.
        reference: `Condition/id`.
        recorded: the day it came on the list, where that is said.
    """

    name: str
    kinds: frozenset[str]
    active: bool = True
    onset: date | None = None
    reference: str = ""
    recorded: date | None = None

    @property
    def since(self) -> date | None:
        """The day it began, else the day it came on the list."""
        return self.onset or self.recorded


@dataclass(frozen=True, slots=True)
class OtherDrug:
    """A drug other than baclofen that the patient takes or is being ordered: active or drafted, PRN included, topical not.

    Attributes:
        name: in the EHR's words.
        classes: the drug value sets it belongs to.
        draft: it is being ordered now.
    """

    name: str
    classes: frozenset[str]
    draft: bool = False
    route: str = "unknown"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class OrderedService:
    """A procedure or an examination that is being ordered in this signing.

    Attributes:
        name: in the EHR's words.
        kinds: the procedure value sets it belongs to (`mri`, `hyperbaric_oxygen`, `pump_implantation` …).
        reference: `ServiceRequest/id`.
    """

    name: str
    kinds: frozenset[str]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy or intolerance that is not refuted."""

    name: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """Body weight, kg, and the day it was taken."""

    kg: Fraction
    on: date


@dataclass(frozen=True, slots=True)
class Opinion:
    """A second or collegial opinion on record."""

    kind: Literal["second", "collegial"]
    on: date


THE_EHR = Phrase("the EHR's own record")
"""Who is asked for registrations where there is no registry."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What is known of the French programme for this patient and prescriber.

    Attributes:
        patient_registered, prescriber_registered: the identifier that shows it.
        opinions: completed opinions that are on or before the evaluation date and not older than their validity.
        last_prescription: newest `authoredOn` of baclofen on file before the signing.
        last_visit: newest follow-up visit that a registry knows of; absent where none was asked.
        prescribers: how the EHR knows each person who may be the prescriber, requesters before the user: `Practitioner/id`,
            `PractitionerRole/id`, or `system|value`.
        asked: who was asked for registrations.
    """

    patient_registered: Reading[str] = field(
        default_factory=lambda: Unknown(Phrase("the patient's record was not sent"))
    )
    prescriber_registered: Reading[str] = field(
        default_factory=lambda: Unknown(Phrase("the prescriber's record was not sent"))
    )
    opinions: Listing[Opinion] = field(
        default_factory=lambda: Listing(missing=Unknown(Phrase("service requests were not sent")))
    )
    last_prescription: Reading[date] = field(
        default_factory=lambda: Unknown(Phrase("the medication list was not sent"))
    )
    last_visit: Reading[date] = field(default_factory=Absent)
    prescribers: tuple[tuple[str, ...], ...] = ()
    asked: Phrase = THE_EHR
