"""Renal function from laboratory results, problems and procedures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import get_args

from cds.chart.build.moments import moment_of
from cds.chart.build.patient import NOT_A_RESULT, newest_measure
from cds.chart.build.sources import LABORATORY, Sources
from cds.chart.kidneys import EGFR_UNIT, Comparator, LaterResult
from cds.chart.model import AcuteInjury, AgeRange, Egfr, ImplausibleCreatinine, Kidneys, Problem, Sex, Weight
from cds.chart.reading import Absent, Known, Listing, Origin, Reading, Unknown
from cds.fhir.datatypes import Quantity
from cds.fhir.quantity import convert
from cds.pharmacology.renal import UMOL_L_PER_MG_DL, bedside_schwartz, ckd_epi_2021, cockcroft_gault
from cds.phrases import Phrase

ADULT = 18
_COMPARATORS: Mapping[str | None, Comparator | None] = {None: None, **{each: each for each in get_args(Comparator)}}
RENAL = frozenset({"egfr_codes", "egfr_schwartz", "creatinine_codes"})


@dataclass(frozen=True, slots=True)
class _Result:
    """One laboratory value: an Observation, or a component of one. `at` orders the results of a day; without a time it is the day's begin."""

    kinds: frozenset[str]
    quantity: Quantity
    on: date
    at: datetime
    reference: str
    label: str


@dataclass(frozen=True, slots=True)
class _Creatinine:
    umol_l: Fraction
    on: date
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class _Rate:
    egfr: Egfr
    at: datetime
    reference: str

    @property
    def rank(self) -> tuple[datetime, bool, Fraction]:
        """The higher, the sooner it counts: the newest, at one moment the reported one, then the lower, which is the safer to go by."""
        return self.at, self.egfr.method == "reported", -self.egfr.value


def kidneys_of(
    sources: Sources,
    problems: Listing[Problem],
    procedures: Listing[Problem],
    *,
    age: Reading[AgeRange],
    sex: Reading[Sex],
    weight: Reading[Weight],
) -> Kidneys:
    """Renal function on the evaluation date; see `Kidneys`."""
    on_file = sorted(_results(sources), key=lambda result: result.at, reverse=True)
    results = [result for result in on_file if result.on <= sources.evaluation_date]
    implausible: list[ImplausibleCreatinine] = []
    creatinines = [found for result in results if (found := _creatinine(result, sources, implausible))]
    creatinines.sort(key=lambda one: (one.at, one.umol_l), reverse=True)  # of one moment, the one that shows a rise
    unreadable: list[tuple[date, Phrase]] = []
    rates = [rate for result in results if (rate := _reported(result, age, unreadable))]
    rates += [rate for creatinine in creatinines if (rate := _computed(creatinine, age, sex, sources))]
    rates.sort(key=lambda rate: rate.rank, reverse=True)

    missing = sources.missing(LABORATORY)
    window = _window(sources, problems, age)
    fresh = [rate for rate in rates if rate.egfr.on >= window]
    egfr: Reading[Egfr]
    if fresh:
        egfr = Known(fresh[0].egfr, Origin(fresh[0].reference, fresh[0].egfr.on))
    elif creatinines and creatinines[0].on >= window:
        egfr = Unknown(Phrase("a creatinine is on file, but age, sex or height are missing to compute eGFR from it"))
    elif unreadable:
        egfr = Unknown(Phrase("the eGFR on file cannot be read"))
    else:
        egfr = missing or Absent()
    return Kidneys(
        egfr=egfr,
        stale=rates[0].egfr if rates and not fresh else None,
        later=_later(on_file[: len(on_file) - len(results)], sources, age, sex),
        creatinine_clearance=_clearance(creatinines, window, age=age, sex=sex, weight=weight, missing=missing),
        dialysis=_dialysis(problems, procedures),
        acute=_acute(sources, problems, creatinines, missing),
        implausible=tuple(one for one in implausible if one.on >= window),
        unreadable=tuple(text for _, text in unreadable),
        unreadable_since=tuple(text for day, text in unreadable if fresh and day > fresh[0].egfr.on),
    )


def _later(results: list[_Result], sources: Sources, age: Reading[AgeRange], sex: Reading[Sex]) -> LaterResult | None:
    """The newest of results after the evaluation date, those that tell an eGFR before the others."""
    rates = [rate for result in results if (rate := _reported(result, age, []))]
    creatinines = [found for result in results if (found := _creatinine(result, sources, []))]
    rates += [rate for creatinine in creatinines if (rate := _computed(creatinine, age, sex, sources))]
    newest = max(rates, key=lambda rate: rate.rank, default=None)
    if newest is not None:
        return LaterResult(newest.egfr.on, newest.egfr)
    return LaterResult(results[0].on) if results else None


def _window(sources: Sources, problems: Listing[Problem], age: Reading[AgeRange]) -> date:
    """The first day whose results still count."""
    at_risk = any(problem.active and "chronic_kidney_disease" in problem.kinds for problem in problems.entries)
    older = isinstance(age, Known) and age.value.at_least(
        sources.knowledge.figure("older_adult.age", sources.evaluation_date)
    )
    figure = "renal.lookback_at_risk" if at_risk or older else "renal.lookback"
    return months_before(sources.evaluation_date, int(sources.knowledge.figure(figure, sources.evaluation_date)))


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _results(sources: Sources) -> Iterator[_Result]:
    for observation, own in sources.observed:
        values = [(own, observation.code, observation.valueQuantity)]
        values += [
            (sources.kinds(component.code, "observation"), component.code, component.valueQuantity)
            for component in observation.component or ()
        ]
        measured = [value for value in values if value[0] & RENAL and "crcl_codes" not in value[0]]
        if not measured or observation.status in NOT_A_RESULT:
            continue
        period = observation.effectivePeriod
        taken = (
            observation.effectiveDateTime
            or observation.effectiveInstant
            or (period.start if period else None)
            or observation.issued
        )
        day, moment = sources.day(taken), moment_of(taken, sources)
        if day is None or moment is None:
            continue
        for kinds, concept, quantity in measured:
            if quantity is not None:
                label = concept.label if concept else ""
                yield _Result(kinds, quantity, day, moment.earliest, observation.reference, label)


def _creatinine(result: _Result, sources: Sources, implausible: list[ImplausibleCreatinine]) -> _Creatinine | None:
    if "creatinine_codes" not in result.kinds:
        return None
    mg_dl = convert(result.quantity, "mg/dL")
    umol_l = convert(result.quantity, "umol/L")
    on = sources.evaluation_date
    if mg_dl is not None and mg_dl > 0:
        if mg_dl > sources.knowledge.figure("renal.implausible.mg_dl", on):
            implausible.append(ImplausibleCreatinine(mg_dl, "mg/dL", result.on))
            return None
        return _Creatinine(mg_dl * UMOL_L_PER_MG_DL, result.on, result.at, result.reference)
    if umol_l is not None and umol_l > 0:
        if umol_l < sources.knowledge.figure("renal.implausible.umol_l", on):
            implausible.append(ImplausibleCreatinine(umol_l, "umol/L", result.on))
            return None
        return _Creatinine(umol_l, result.on, result.at, result.reference)
    return None


def _reported(result: _Result, age: Reading[AgeRange], unreadable: list[tuple[date, Phrase]]) -> _Rate | None:
    if not result.kinds & {"egfr_codes", "egfr_schwartz"}:
        return None
    if "egfr_schwartz" in result.kinds and not (isinstance(age, Known) and age.value.high < ADULT):
        return None
    value = convert(result.quantity, EGFR_UNIT)
    said = result.quantity.comparator
    if value is None or value <= 0 or said not in _COMPARATORS:
        unit = result.quantity.unit or result.quantity.code or Phrase("no unit")
        unreadable.append((result.on, Phrase("eGFR of {date} in {unit}", date=result.on, unit=unit)))
        return None
    egfr = Egfr(value, result.on, comparator=_COMPARATORS[said])
    return _Rate(egfr, result.at, result.reference)


def _computed(creatinine: _Creatinine, age: Reading[AgeRange], sex: Reading[Sex], sources: Sources) -> _Rate | None:
    """EGFR of an adult or a child; of a partial birth date, the lower of the two ends."""
    if not isinstance(age, Known):
        return None
    mg_dl = float(creatinine.umol_l / UMOL_L_PER_MG_DL)
    if age.value.low >= ADULT:
        if not isinstance(sex, Known):
            return None
        value = ckd_epi_2021(mg_dl, age.value.high, sex.value)
        egfr = Egfr(Fraction(value), creatinine.on, "CKD-EPI 2021", creatinine=creatinine.umol_l)
        return _Rate(egfr, creatinine.at, creatinine.reference)
    height = newest_measure(sources, "height", "cm")
    if age.value.high >= ADULT or age.value.low < 1 or height is None:
        return None
    value = bedside_schwartz(float(height[0]), mg_dl)
    egfr = Egfr(Fraction(value), creatinine.on, "bedside Schwartz", creatinine=creatinine.umol_l)
    return _Rate(egfr, creatinine.at, creatinine.reference)


def _clearance(
    creatinines: list[_Creatinine],
    window: date,
    *,
    age: Reading[AgeRange],
    sex: Reading[Sex],
    weight: Reading[Weight],
    missing: Unknown | None,
) -> Reading[Fraction]:
    newest = next((one for one in creatinines if one.on >= window), None)
    if newest is None:
        return missing or Absent()
    if not (isinstance(age, Known) and isinstance(sex, Known) and isinstance(weight, Known)) or age.value.low < ADULT:
        return Unknown(Phrase("age, sex or weight are missing to compute creatinine clearance"))
    value = cockcroft_gault(float(newest.umol_l / UMOL_L_PER_MG_DL), age.value.high, float(weight.value.kg), sex.value)
    return Known(Fraction(value), Origin(newest.reference, newest.on))


def _dialysis(problems: Listing[Problem], procedures: Listing[Problem]) -> Reading[Problem]:
    found = problems.first(lambda problem: problem.active and "dialysis" in problem.kinds)
    if isinstance(found, Known):
        return found
    treated = procedures.first(lambda procedure: procedure.active and "dialysis_procedure" in procedure.kinds)
    if isinstance(treated, Known):
        return treated
    return found if isinstance(found, Unknown) else treated


def _acute(
    sources: Sources, problems: Listing[Problem], creatinines: list[_Creatinine], missing: Unknown | None
) -> Reading[AcuteInjury]:
    listed = problems.first(lambda problem: problem.active and "acute_kidney_injury" in problem.kinds)
    if isinstance(listed, Known):
        return Known(AcuteInjury(condition=listed.value.name), listed.origin)
    on = sources.evaluation_date
    ratio = sources.knowledge.figure("renal.acute.ratio", on)
    window = int(sources.knowledge.figure("renal.acute.window", on))
    for later, lowest in _with_lowest_before(creatinines, window):
        if (on - later.on).days > window:
            break
        if min(later.umol_l, creatinines[0].umol_l) >= ratio * lowest.umol_l:  # a rise that has gone is none any more
            injury = AcuteInjury(
                creatinine=later.umol_l,
                on=later.on,
                earlier=lowest.umol_l,
                ratio=later.umol_l / lowest.umol_l,
                days=(later.on - lowest.on).days,
            )
            return Known(injury, Origin(later.reference, later.on))
    return listed if isinstance(listed, Unknown) else missing or Absent()


def _with_lowest_before(creatinines: list[_Creatinine], window: int) -> list[tuple[_Creatinine, _Creatinine]]:
    """Each creatinine that has others in the days before it, with the lowest of those; newest first, as they were given.

    In one pass: `lows` holds those that can still be the lowest, rising from its left end.
    """
    pairs: list[tuple[_Creatinine, _Creatinine]] = []
    lows: deque[_Creatinine] = deque()
    for later in reversed(creatinines):
        while lows and (later.on - lows[0].on).days > window:
            lows.popleft()
        if lows:
            pairs.append((later, lows[0]))
        while lows and lows[-1].umol_l >= later.umol_l:
            lows.pop()
        lows.append(later)
    return pairs[::-1]
