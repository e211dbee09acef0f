"""What the playground's templates lay out: the options of the form in words, what was typed, and the verdicts by family."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cds.knowledge import Knowledge, ProductEntry
from cds.knowledge.rule_entries import Family
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.playground import choices as of
from cds.playground.form import PHASES, Typed
from cds.playground.model import Examination, Played, VerdictShown
from cds.web.catalogue.words import FAMILIES, INDICATORS

__all__ = ["Entered", "FamilyShown", "Options", "curl", "families", "options", "said"]

Options = Mapping[str, Sequence[tuple[str, str]]]
"""By field: value and words of each option."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "phases": (),
    "before": ("before", "before_dose", "before_times", "before_since", "dispensed_on", "dispensed_days"),
    "problems": ("conditions", "condition_text", "conditions_since", "allergies", "drinks"),
    "drugs": ("drugs", "drug_text", "beside"),
    "programme": ("patient_registered", "prescriber_registered", "opinion", "opinion_on", "last_visit", "mention"),
    "pump": ("pump_empty", "test_dose", "test_hours"),
    "missing": ("missing",),
}
"""The parts of the form that are folded while nothing stands in them."""
_NOTHING = frozenset({"", "no", "none"})


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form.

    Attributes:
        typed: by field, as it was typed.
        faults: by field, what is wrong with it.
    """

    typed: Typed
    faults: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, played: Played) -> Entered:
        """What was played."""
        faults: dict[str, list[str]] = {}
        for field, why in played.errors:
            faults.setdefault(field, []).append(why)
        return cls(played.typed, faults)

    def value(self, field: str, row: int = 0, default: str = "") -> str:
        """The text in a field, or in one row of it."""
        values = self.typed.get(field, ())
        return values[row] if row < len(values) else default

    def chosen(self, field: str, value: str) -> bool:
        """Whether an option is ticked."""
        return value in self.typed.get(field, ())

    def fault(self, field: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        return " ".join(self.faults.get(field, ()))

    def filled(self, part: str) -> bool:
        """Whether anything stands in a part of the form, or is wrong there."""
        if part == "phases":
            return any(value for name in ("dose", "times", "days") for value in self.typed.get(name, ())[1:])
        names = PARTS[part]
        return any(value not in _NOTHING for name in names for value in self.typed.get(name, ())) or any(
            name in self.faults for name in names
        )


@dataclass(frozen=True, slots=True)
class FamilyShown:
    """The verdicts of one family.

    Attributes:
        id, title: the family.
        findings: of rules that speak.
        silent: of rules that were asked and say nothing.
        not_asked: of rules that do not speak at this hook or of these orders.
    """

    id: str
    title: str
    findings: tuple[VerdictShown, ...]
    silent: tuple[VerdictShown, ...]
    not_asked: tuple[VerdictShown, ...]


def families(examination: Examination, words: Catalogue) -> tuple[FamilyShown, ...]:
    """The verdicts by family, in the order of the contract."""

    def family(key: Family, title: Phrase) -> FamilyShown:
        members = [verdict for verdict in examination.verdicts if verdict.family == key]
        return FamilyShown(
            id=key,
            title=words.phrase(title),
            findings=tuple(one for one in members if one.indicator),
            silent=tuple(one for one in members if not one.indicator and one.asked),
            not_asked=tuple(one for one in members if not one.indicator and not one.asked),
        )

    return tuple(family(key, title) for key, title in FAMILIES.items()) if examination.verdicts else ()


def options(knowledge: Knowledge, words: Catalogue) -> Options:
    """The options of every field that has some, in words."""

    def worded(choices: Mapping[str, Phrase]) -> list[tuple[str, str]]:
        return [(key, words.phrase(label)) for key, label in choices.items()]

    def labels(choices: Mapping[str, of.Coded]) -> list[tuple[str, str]]:
        return [(key, words.phrase(option.label)) for key, option in choices.items()]

    def named(entry: ProductEntry) -> str:
        return entry.name if entry.jurisdiction == "FR" else words.text(entry.name)  # French names are French already

    own = worded(of.OWN_PRODUCTS)
    return {
        "hook": [
            (key, words.phrase(Phrase("{label}: {value}", label=key, value=name))) for key, name in of.HOOKS.items()
        ],
        "change": worded(of.CHANGES),
        "product": [*((key, named(entry)) for key, entry in of.products(knowledge).items()), *own],
        "route": [(key, words.phrase(label)) for key, (label, _, _) in of.ROUTES.items()],
        "sig": worded(of.SIGS),
        "unit": worded(of.DOSE_UNITS),
        "sex": worded(of.SEXES),
        "setting": worded(of.SETTINGS),
        "creatinine_unit": list(of.CREATININE_UNITS.items()),
        "country": worded(of.COUNTRIES),
        "indication": labels(of.INDICATIONS),
        "conditions": labels(of.CONDITIONS),
        "drugs": labels(of.DRUGS),
        "beside": [*labels(of.SERVICES), *labels(of.DRUGS)],
        "allergies": labels(of.ALLERGIES),
        "before": worded(of.BEFORE),
        "opinion": worded(of.OPINIONS),
        "patient_registered": worded(of.REGISTRATION),
        "prescriber_registered": worded(of.PRESCRIBER),
        "missing": [(key, words.phrase(label)) for key, (label, _) in of.LISTS.items()],
        "rows": [(str(row), str(row + 1)) for row in range(PHASES)],
    }


def said(examination: Examination, words: Catalogue) -> str:
    """The answer in one line, for the head of the results and for those who hear it."""
    if not examination.concerned:
        return words.text(Phrase("The call does not concern the service: no card."))
    if not examination.cards:
        return words.text(Phrase("No card."))
    counts = [
        Phrase("{count} {indicator}", count=count, indicator=INDICATORS[code])
        for code in ("critical", "warning", "info")
        if (count := sum(card.indicator == code for card in examination.cards))
    ]
    return words.phrase(Phrase("Cards: {counts}.", counts=tuple(counts)))


def curl(examination: Examination, public_url: str, language: str) -> str:
    """The call as a command."""
    address = shlex.quote(f"{public_url.rstrip('/')}/cds-services/{examination.service}")
    headers = f"-H 'Content-Type: application/json' -H 'Accept-Language: {language}'"
    return f"curl -s {address} {headers} -d {shlex.quote(examination.body)}"
