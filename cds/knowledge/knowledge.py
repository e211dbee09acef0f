"""The knowledge as one value: everything the service knows besides the patient."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from cds.knowledge import regimes
from cds.knowledge._errors import UnknownEntryError
from cds.knowledge._systems import CodeSystems
from cds.knowledge.model import Parameter, Period, ProductEntry, Reference
from cds.knowledge.regimes import Regime, RegimeRow
from cds.knowledge.rule_entries import OverrideReason, RemedyText, RuleEntry, ServiceEntry, Transparency
from cds.knowledge.value_sets import Kind, ValueSet, ValueSetIndex, mentions, plain_text

T = TypeVar("T")

MAX_CACHED = 8192
"""Answers kept of each kind of look-up, in memory only. Keys are codes and names of the EHR: words of patients, so they are bounded in number
and length, and nothing tells of them."""
MAX_CACHED_TEXT = 200

_NDC_LABELER, _NDC_PRODUCT, _NDC_DIGITS = 5, 4, 11
_NDC_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything of a knowledge folder, checked; immutable, and the same for everyone who loads the same files.

    Attributes:
        version: newest `last_checked` date and a hash of the files, such as `2026.11.22+1f0a…`.
        references: sources by id.
        parameters: dated figures by id, oldest first.
        periods: legal and practical periods by id.
        regime_rows: the rows of the regime table.
        value_sets: value sets by name.
        products: products by (short system name, code).
        rules: rules in the order of the contract.
        notes: shared note texts by key.
        systems: code systems.
        index: from code to value sets.
        overrides: override reasons by rule id.
        remedies: the words of what cards offer, by key.
        services: what cards may request, by key.
        transparency: what is the same for every rule among the source attributes of US HTI-1.
        rules_by_id: the same rules by id.
    """

    version: str
    references: Mapping[str, Reference]
    parameters: Mapping[str, tuple[Parameter, ...]]
    periods: Mapping[str, Period]
    regime_rows: tuple[RegimeRow, ...]
    value_sets: Mapping[str, ValueSet]
    products: Mapping[tuple[str, str], ProductEntry]
    rules: tuple[RuleEntry, ...]
    notes: Mapping[str, str]
    systems: CodeSystems
    index: ValueSetIndex
    overrides: Mapping[str, tuple[OverrideReason, ...]]
    remedies: Mapping[str, RemedyText]
    services: Mapping[str, ServiceEntry]
    transparency: Transparency
    rules_by_id: Mapping[str, RuleEntry]
    _figures: Callable[[str, date], Fraction] = field(init=False, repr=False, compare=False)
    _mentioned: Callable[[str, Kind], frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cached = functools.lru_cache(maxsize=MAX_CACHED)
        object.__setattr__(self, "_figures", cached(self._figure))
        object.__setattr__(self, "_mentioned", cached(self._sets_of_text))

    def __hash__(self) -> int:
        return hash(self.version)

    def reference(self, reference_id: str) -> Reference:
        """A source by id."""
        return _entry(self.references, reference_id, "reference")

    def parameter(self, parameter_id: str, on: date) -> Parameter:
        """A figure as it holds on a day.

        Raises:
            UnknownEntryError: no such figure, or none in force on that day.
        """
        for parameter in _entry(self.parameters, parameter_id, "parameter"):
            if parameter.in_force(on):
                return parameter
        raise UnknownEntryError(f"parameter {parameter_id!r} is not in force on {on.isoformat()}")

    def figure(self, parameter_id: str, on: date) -> Fraction:
        """The value of `parameter`."""
        return self._figures(parameter_id, on)

    def _figure(self, parameter_id: str, on: date) -> Fraction:
        return self.parameter(parameter_id, on).value

    def period(self, period_id: str) -> Period:
        """A period by id."""
        return _entry(self.periods, period_id, "period")

    def regime(
        self, *, jurisdiction: str, indications: frozenset[str], setting: str | None, on: date, cis: str | None = None
    ) -> Regime:
        """The dose regime for an oral order.

        Args:
            jurisdiction: US, CA, UK (or GB), FR, DE; any other gets the monograph's row and `jurisdiction_without_regime`.
            indications: any of `spasticity`, `alcohol`, `neuropathic`, `other`. None of the first three: the spasticity
                row with `indication_unknown` (empty) or `indication_without_regime`. Several: the stricter figure of each column,
                `stricter_of_two`, and no ladder.
            setting: `inpatient`, `outpatient` or None; None where it decides (FR spasticity) is read as outpatient, with
                `setting_unknown`.
            on: evaluation date of the order.
            cis: French product code; Baclocur came under its own text earlier than other products.
        """
        return regimes.choose(
            self.regime_rows, jurisdiction=jurisdiction, indications=indications, setting=setting, on=on, cis=cis
        )

    def value_set(self, name: str) -> ValueSet:
        """A value set by name."""
        return _entry(self.value_sets, name, "value set")

    def sets_of(self, system: str, code: str) -> frozenset[str]:
        """Names of all value sets that hold a code; the system by address, OID or short name."""
        return self.index.sets_of(system, code)

    def sets_of_text(self, text: str, kind: Kind) -> frozenset[str]:
        """Names of the value sets of one kind whose words a text mentions."""
        return self._mentioned(text, kind) if len(text) <= MAX_CACHED_TEXT else self._sets_of_text(text, kind)

    def _sets_of_text(self, text: str, kind: Kind) -> frozenset[str]:
        plain = plain_text(text)
        return frozenset(
            value_set.name
            for value_set in self.value_sets.values()
            if value_set.kind == kind and value_set._pattern is not None and mentions(value_set._pattern, plain)  # noqa: SLF001
        )

    def product(self, system: str, code: str) -> ProductEntry | None:
        """A baclofen product by its code (RxNorm, CIS, CIP, NDC), None for any other."""
        name = self.systems.name(system)
        if name is None:
            return None
        code = code.strip()
        found = self.products.get((name, code))
        if found is None and name == "ndc":
            return self.products.get((name, _ndc_product(code)))
        return found

    def in_force(self, rule: RuleEntry, on: date) -> bool:
        """Whether a rule may speak on a day: one that is bound to a period is silent outside of it."""
        return rule.period is None or self.period(rule.period).contains(on)

    def rule(self, rule_id: str) -> RuleEntry:
        """A rule by id."""
        return _entry(self.rules_by_id, rule_id, "rule")

    def override_reasons(self, rule_id: str) -> tuple[OverrideReason, ...]:
        """What a prescriber may answer to a rule, the likeliest first; none for a rule that only informs."""
        return _entry(self.overrides, rule_id, "rule")

    def remedy(self, key: str) -> RemedyText:
        """The words of a remedy by key."""
        return _entry(self.remedies, key, "remedy")

    def service(self, key: str) -> ServiceEntry:
        """A service that a card may request, by key."""
        return _entry(self.services, key, "service")

    def note(self, key: str) -> str:
        """A shared note text, a template with `{placeholders}`."""
        return _entry(self.notes, key, "note")


def _entry(entries: Mapping[str, T], key: str, what: str) -> T:
    try:
        return entries[key]
    except KeyError:
        raise UnknownEntryError(f"no {what} {key!r}") from None


def _ndc_product(code: str) -> str:
    """Labeler and product of an NDC: of `87519-003-11`, `87519-0003-11` or `87519000311` it is `87519-003`.

    The last is the eleven-digit form of billing, in which a product of three digits has a zero in front.
    """
    if code.isdigit() and len(code) == _NDC_DIGITS:
        labeler, product = code[:_NDC_LABELER], code[_NDC_LABELER : _NDC_LABELER + _NDC_PRODUCT]
    else:
        segments = code.split("-")
        if len(segments) != _NDC_SEGMENTS and len(segments) != _NDC_SEGMENTS - 1:
            return code
        labeler, product = segments[0], segments[1]
    if len(product) == _NDC_PRODUCT and product.startswith("0"):
        product = product[1:]
    return f"{labeler}-{product}"
