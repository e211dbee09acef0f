"""Dose regimes: jurisdiction, indication, care setting and date give start, step, interval and the two lines above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.knowledge._errors import UnknownEntryError
from cds.knowledge.model import CONFIDENCES, Confidence

WarnMeaning = Literal["maximum", "recommendation"]
CriticalMeaning = Literal["highest_cited", "ceiling", "graded", "advised_against"]

_FALLBACK = "US"
_SYNONYMS = {"GB": "UK"}
_DEFAULT_SETTING = "outpatient"


@dataclass(frozen=True, slots=True)
class Regime:
    """The figures an oral order is compared with.

    Attributes:
        id: id of the row, or of both rows joined by `+`.
        title: the regime in words, for a card.
        start: highest daily dose at a start, mg/d.
        step: largest increase, mg/d.
        interval_days: shortest time between increases, d.
        warn: daily dose above which to warn, mg/d; None where only the ladder of the French programme speaks.
        critical: daily dose above which it is critical, mg/d.
        warn_meaning: `maximum`: the text's daily maximum; `recommendation`: above it multidisciplinary addictology care is
            strongly recommended, it is no maximum.
        critical_meaning: `highest_cited`: no source goes higher; `ceiling`: the programme does not cover more; `graded`:
            this project's own line in a band without a text of its own; `advised_against`: strongly advised against.
        ladder: the rungs 120, 180 and 300 mg/d of the French programme apply.
        references: ids of references.
        valid_from: first day of the row, None if open.
        valid_to: last day of the row, None if open.
        confidence: how far the row was checked.
        last_checked: the day a person last looked at it; of two rows, the earlier one.
        documentation: what else there is to know of it, in sentences; empty where nothing.
        caveats: note keys: what was assumed to arrive at this regime.
    """

    id: str
    title: str
    start: Fraction
    step: Fraction
    interval_days: Fraction
    warn: Fraction | None
    critical: Fraction
    warn_meaning: WarnMeaning
    critical_meaning: CriticalMeaning
    ladder: bool
    references: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: Confidence = "read"
    last_checked: date | None = None
    documentation: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """When, and for which French products, a row applies; no product named means any."""

    start: date | None
    end: date | None
    products: frozenset[str] = frozenset()

    def covers(self, on: date) -> bool:
        """Whether it covers that day; both ends count."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    def holds(self, on: date, cis: str | None) -> bool:
        """Whether it covers that day and that product."""
        return self.covers(on) and (not self.products or cis in self.products)


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """A row of `regimes.yaml`.

    Attributes:
        regime: its figures.
        jurisdictions: where it holds; empty means wherever no other row of that indication does.
        indication: `spasticity` (also for an unknown one), `alcohol` or `neuropathic`.
        setting: `inpatient` or `outpatient` where that decides, else None.
        windows: when it applies.
    """

    regime: Regime
    jurisdictions: frozenset[str]
    indication: str
    setting: str | None
    windows: tuple[Window, ...]


def in_force(rows: Iterable[RegimeRow], on: date) -> tuple[tuple[RegimeRow, Window], ...]:
    """Every row with each of its windows that covers a day, whatever the product."""
    return tuple((row, window) for row in rows for window in row.windows if window.covers(on))


def choose(
    rows: Iterable[RegimeRow],
    *,
    jurisdiction: str,
    indications: frozenset[str],
    setting: str | None,
    on: date,
    cis: str | None,
) -> Regime:
    """The regime for an order; see `Knowledge.regime`."""
    rows = tuple(rows)
    country = _SYNONYMS.get(jurisdiction, jurisdiction)
    caveats: list[str] = []
    wanted = [name for name in ("spasticity", "alcohol", "neuropathic") if name in indications]
    if not wanted:
        caveats.append("indication_without_regime" if indications else "indication_unknown")
        wanted = ["spasticity"]
    found = [_one(rows, country, name, setting=setting, on=on, cis=cis) for name in wanted]
    regime = found[0]
    for other in found[1:]:
        regime = _stricter(regime, other)
    return replace(regime, caveats=(*caveats, *regime.caveats))


def _one(
    rows: tuple[RegimeRow, ...], country: str, indication: str, *, setting: str | None, on: date, cis: str | None
) -> Regime:
    candidates = [row for row in rows if row.indication == indication]
    caveats: list[str] = []
    local = [row for row in candidates if country in row.jurisdictions]
    if not local:
        local = [row for row in candidates if not row.jurisdictions]
    if not local:
        local = [row for row in candidates if _FALLBACK in row.jurisdictions]
        caveats.append("jurisdiction_without_regime")
    if any(row.setting for row in local):
        if setting is None:
            caveats.append("setting_unknown")
        local = [row for row in local if row.setting in (None, setting or _DEFAULT_SETTING)]
    in_force = [(row, window) for row in local for window in row.windows if window.holds(on, cis)]
    if not in_force:
        raise UnknownEntryError(f"no regime for {indication} in {country} on {on.isoformat()}")
    row, window = max(in_force, key=lambda pair: bool(pair[1].products))
    return replace(row.regime, valid_from=window.start, valid_to=window.end, caveats=tuple(caveats))


def _stricter(one: Regime, other: Regime) -> Regime:
    """The stricter figure of each column; what a figure means goes with it, and a maximum beats a recommendation."""
    warns = [regime for regime in (one, other) if regime.warn is not None]
    warn = min(warns, key=lambda regime: (regime.warn, regime.warn_meaning != "maximum"), default=one)
    critical = min(one, other, key=lambda regime: regime.critical)
    starts = [day for day in (one.valid_from, other.valid_from) if day]
    ends = [day for day in (one.valid_to, other.valid_to) if day]
    return Regime(
        id=f"{one.id}+{other.id}",
        title=f"stricter of: {one.title.removeprefix('stricter of: ')}; {other.title}",
        start=min(one.start, other.start),
        step=min(one.step, other.step),
        interval_days=max(one.interval_days, other.interval_days),
        warn=warn.warn,
        critical=critical.critical,
        warn_meaning=warn.warn_meaning,
        critical_meaning=critical.critical_meaning,
        ladder=False,
        references=tuple(dict.fromkeys((*one.references, *other.references))),
        valid_from=max(starts, default=None),
        valid_to=min(ends, default=None),
        confidence=max(one.confidence, other.confidence, key=CONFIDENCES.index),
        last_checked=min((day for day in (one.last_checked, other.last_checked) if day), default=None),
        documentation=" ".join(text for text in (one.documentation, other.documentation) if text),
        caveats=tuple(dict.fromkeys((*one.caveats, *other.caveats, "stricter_of_two"))),
    )
