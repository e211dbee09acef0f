"""The daily dose of FHIR Dosages: structure first, text where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cds.fhir.amounts import Amount, per_day, reconcile
from cds.fhir.datatypes import Dosage
from cds.fhir.dosage_text import ZERO, join, lower, product_of, read_text
from cds.fhir.entries import amounts_of, caps_of, rate_of
from cds.fhir.medication import plain_text
from cds.fhir.route import read_route
from cds.fhir.timing import Schedule, read_timing
from cds.pharmacology.dose import MG_TO_UG, DosePhase, DosePlan, Problem, ReadFrom, Span
from cds.pharmacology.product import Product
from cds.phrases import Phrase

# A shortest interval between as-needed doses can only lower what the timing allows.
HARMLESS_MODIFIERS = frozenset({"http://ig.fhir.de/igs/medication/StructureDefinition/MindestabstandZwischenGaben"})
_DAY_OF_CYCLE = re.compile(r"\b(?:1er|premier|second|deuxieme|troisieme|first|third|day \d|jour \d|j\d)\b")
_TEXT_TOLERANCE = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one Dosage says, in mg."""

    phases: tuple[DosePhase, ...]
    problems: tuple[Problem, ...]
    read_from: ReadFrom
    written: frozenset[str] = frozenset()
    rate: bool = False
    once: bool = False
    zero: bool = False


def read_dosage(dosages: Sequence[Dosage] | None, product: Product) -> DosePlan:
    """How an order is dosed.

    Args:
        dosages: the order's dosage instructions; R4, or with the members of R5 and STU3.
        product: what is ordered; tablets and mL become mg through its strength.

    Returns:
        amounts in mg, or in µg for the intrathecal route. Never raises: what cannot be read is a problem.
    """
    given = list(dosages or ())
    route = read_route(given, product)
    if not given:
        return DosePlan(route=route, problems=(Problem("no-amount", Phrase("No dosage is written.")),))
    groups: dict[int, list[Dosage]] = {}
    first = min((dosage.sequence for dosage in given if dosage.sequence is not None), default=0)
    for dosage in given:
        groups.setdefault(first if dosage.sequence is None else dosage.sequence, []).append(dosage)
    in_sequence = len(groups) > 1
    phases: list[DosePhase] = []
    parts: list[_Part] = []
    for number in sorted(groups):
        group = [_read(dosage, product, in_sequence=in_sequence) for dosage in groups[number]]
        parts += group
        phases += _side_by_side(group, groups[number])
    problems = [problem for part in parts for problem in part.problems]
    if any(len(part.phases) > 1 for part in parts) and len(parts) > len(groups):
        problems.append(Problem("unreadable", Phrase("A titration in words stands beside another instruction.")))
    written = {kind for part in parts for kind in part.written}
    if route in ("oral", "unknown") and "micrograms" in written:
        problems.append(Problem("micrograms-by-mouth", Phrase("An oral dose is written in micrograms.")))
    problems += _cap_problems(phases)
    plan = DosePlan(
        route=route,
        phases=tuple(phases),
        read_from=_read_from(parts),
        problems=tuple(dict.fromkeys(problems)),
        by_volume="volume" in written,
        by_count="count" in written,
        infusion=any(part.rate for part in parts),
        sequenced=any(dosage.sequence is not None for dosage in given),
        nothing=len(parts) == 1 and parts[0].zero,
    )
    return _intrathecal(plan, parts) if route == "intrathecal" else plan


def _read_from(parts: list[_Part]) -> ReadFrom:
    sources = {part.read_from for part in parts}
    return "structure" if "structure" in sources else "text" if "text" in sources else "nothing"


def _side_by_side(parts: list[_Part], dosages: list[Dosage]) -> list[DosePhase]:
    """The phases of instructions with one sequence number: one, unless a text alone tells several."""
    if len(parts) == 1:
        return list(parts[0].phases)
    single = [part.phases[0] for part in parts if len(part.phases) == 1]
    if len(single) < len(parts):
        return [DosePhase()]
    days = next((phase.days for phase in single if phase.days is not None), None)
    alternating = all(_names_a_day(dosage) for dosage in dosages)
    return [join(single, days, on_different_days=alternating)]


def _names_a_day(dosage: Dosage) -> bool:
    texts = [concept.label for concept in dosage.additionalInstruction or ()]
    return any(_DAY_OF_CYCLE.search(plain_text(text)) for text in texts)


def _intrathecal(plan: DosePlan, parts: list[_Part]) -> DosePlan:
    phases = tuple(_scaled(phase) for phase in plan.phases)
    single = phases[0].per_dose if len(phases) == len(parts) == 1 and not plan.infusion and parts[0].once else None
    if single is None:
        return replace(plan, unit="ug", phases=phases)
    problems = tuple(problem for problem in plan.problems if problem.code != "no-timing")
    return replace(plan, unit="ug", phases=(DosePhase(per_dose=single),), bolus=single.high, problems=problems)


def _scaled(phase: DosePhase) -> DosePhase:
    def span(value: Span | None) -> Span | None:
        return None if value is None else value.scaled(MG_TO_UG)

    return replace(
        phase,
        daily=span(phase.daily),
        dosing_day=span(phase.dosing_day),
        per_dose=span(phase.per_dose),
        as_needed_maximum=None if phase.as_needed_maximum is None else phase.as_needed_maximum * MG_TO_UG,
        as_needed_part=span(phase.as_needed_part),
        maximum=None if phase.maximum is None else phase.maximum * MG_TO_UG,
    )


def _read(dosage: Dosage, product: Product, *, in_sequence: bool) -> _Part:
    as_needed = bool(dosage.asNeededBoolean or dosage.asNeeded or dosage.asNeededCodeableConcept or dosage.asNeededFor)
    if any(extension.url not in HARMLESS_MODIFIERS for extension in dosage.modifierExtension or ()):
        problem = Problem("modifier-extension", Phrase("The dosage carries a modifier that may change its meaning."))
        return _Part((DosePhase(as_needed=as_needed, scheduled=not as_needed),), (problem,), "nothing")
    schedule = read_timing(dosage.timing)
    amounts = amounts_of(dosage, product)
    rate = rate_of(dosage, product)
    unscheduled = not schedule.written and not schedule.once
    if rate is not None and (not amounts or unscheduled):
        return _infusion(rate, schedule)  # an amount beside a rate without a rhythm is the day's or the syringe's
    if not amounts and caps_of(dosage):
        return _only_capped(dosage, product, as_needed=as_needed)
    if dosage.text and (not amounts or (unscheduled and not in_sequence)):
        return _with_text(dosage, product, amounts, schedule, as_needed=as_needed)
    if not amounts:
        problem = Problem("no-amount", Phrase("No dose is written."))
        phase = DosePhase(days=schedule.days, as_needed=as_needed, scheduled=not as_needed)
        return _Part((phase,), (problem, *schedule.problems), "nothing")
    return _structured(dosage, product, amounts, schedule, as_needed=as_needed, in_sequence=in_sequence)


def _structured(
    dosage: Dosage, product: Product, amounts: list[Amount], schedule: Schedule, *, as_needed: bool, in_sequence: bool
) -> _Part:
    amount, problems = reconcile(amounts)
    problems += schedule.problems
    written = frozenset({amount.kind} | ({"micrograms"} if amount.micrograms else set()))
    caps = [cap for ratio in caps_of(dosage) if (cap := per_day(ratio, product, amount.mg)) is not None]
    cap = max(caps) if caps else None
    phase = DosePhase(days=schedule.days, as_needed=as_needed, scheduled=not as_needed, maximum=cap, per_dose=amount.mg)
    if caps_of(dosage) and cap is None:
        problems += (Problem("unknown-unit", Phrase("The maximum dose per period cannot be read.")),)
    if amount.mg is None:
        return _Part((replace(phase, per_dose=None),), problems, "structure", written)
    if amount.mg.high == 0:
        if not in_sequence:
            return _Part(
                (replace(phase, per_dose=None),),
                (*problems, Problem("not-positive", Phrase("The dose is zero."))),
                "structure",
                written,
                zero=True,
            )
        return _Part((replace(phase, daily=ZERO, dosing_day=ZERO, doses_per_day=ZERO),), problems, "structure", written)
    times, on_day = schedule.per_day, schedule.on_dosing_day
    if as_needed:
        limit = None if times is None else amount.mg.high * times.high
        return _Part(
            (replace(phase, as_needed_maximum=lower(limit, cap)),),
            problems + _against_text(dosage, product, lower(limit, cap)),
            "structure",
            written,
        )
    if times is None or on_day is None:
        once = schedule.once or in_sequence
        if not once:
            problems += (Problem("no-timing", Phrase("A dose is written, and not how often.")),)
        phase = replace(phase, dosing_day=amount.mg if once else None)
        return _Part((phase,), problems, "structure", written, once=schedule.once or not schedule.written)
    phase = replace(
        phase, daily=product_of(amount.mg, times), dosing_day=product_of(amount.mg, on_day), doses_per_day=on_day
    )
    daily = phase.daily.high if phase.daily else None
    return _Part((phase,), problems + _against_text(dosage, product, daily), "structure", written)


def _against_text(dosage: Dosage, product: Product, daily: Fraction | None) -> tuple[Problem, ...]:
    """A problem where the text is understood as a whole and says another daily amount than the structure."""
    if not dosage.text or daily is None:
        return ()
    phases, problems, _ = read_text(dosage.text, product)
    if problems or len(phases) != 1:
        return ()
    phase = phases[0]
    said = phase.as_needed_maximum if phase.as_needed else phase.daily.high if phase.daily else None
    if said is None or abs(said - daily) <= _TEXT_TOLERANCE * max(said, daily):
        return ()
    return (
        Problem(
            "text-disagrees", Phrase("The text says another dose than the structure: “{text}”.", text=dosage.text[:80])
        ),
    )


def _with_text(
    dosage: Dosage, product: Product, amounts: list[Amount], schedule: Schedule, *, as_needed: bool
) -> _Part:
    """The text fills in what the structure does not say; an amount that is structured has to be the text's, too."""
    phases, problems, written = read_text(dosage.text or "", product)
    if amounts:
        amount, _ = reconcile(amounts)
        said = phases[0].per_dose if phases else None  # of a titration, its first step
        if problems or said is None or amount.mg is None or said.high != amount.mg.high:
            return _structured(dosage, product, amounts, schedule, as_needed=as_needed, in_sequence=False)
        return _Part(_marked(phases, schedule, as_needed=as_needed), problems, "structure", written | {amount.kind})
    if schedule.per_day is not None and len(phases) == 1 and phases[0].per_dose is not None and not as_needed:
        dose, on_day = phases[0].per_dose, schedule.on_dosing_day or schedule.per_day
        phase = replace(
            phases[0],
            daily=product_of(dose, schedule.per_day),
            dosing_day=product_of(dose, on_day),
            doses_per_day=on_day,
            days=schedule.days,
        )
        kept = tuple(problem for problem in problems if problem.code != "no-timing")
        return _Part((phase,), kept + schedule.problems, "text", written)
    return _Part(
        _marked(phases, schedule, as_needed=as_needed) or (DosePhase(as_needed=as_needed, scheduled=not as_needed),),
        problems,
        "text" if phases else "nothing",
        written,
        once=len(phases) == 1 and phases[0].daily is None and all(problem.code == "no-timing" for problem in problems),
    )


def _marked(phases: tuple[DosePhase, ...], schedule: Schedule, *, as_needed: bool) -> tuple[DosePhase, ...]:
    """Phases of a text with what the structure adds: as needed, and the length of a single phase."""
    if len(phases) == 1 and phases[0].days is None:
        phases = (replace(phases[0], days=schedule.days),)
    if not as_needed:
        return phases
    return tuple(
        phase
        if phase.as_needed
        else replace(
            phase,
            as_needed=True,
            scheduled=False,
            daily=None,
            dosing_day=None,
            as_needed_maximum=lower(phase.daily.high if phase.daily else None, phase.maximum),
        )
        for phase in phases
    )


def _only_capped(dosage: Dosage, product: Product, *, as_needed: bool) -> _Part:
    """A cap without a dose: all that an as-needed order may say."""
    caps = [cap for ratio in caps_of(dosage) if (cap := per_day(ratio, product, None)) is not None]
    cap = max(caps) if caps else None
    problems = (
        () if as_needed and cap is not None else (Problem("no-amount", Phrase("Only a maximum is written, no dose.")),)
    )
    phase = DosePhase(
        as_needed=as_needed, scheduled=not as_needed, as_needed_maximum=cap if as_needed else None, maximum=cap
    )
    return _Part((phase,), problems, "structure")


def _infusion(rate: Amount, schedule: Schedule) -> _Part:
    problems = (rate.problem,) if rate.problem else ()
    written = frozenset({"micrograms"} if rate.micrograms else set())
    if rate.mg is not None and rate.mg.high <= 0:
        return _Part(
            (DosePhase(),),
            (Problem("not-positive", Phrase("The rate is not above zero.")),),
            "structure",
            written,
            rate=True,
            zero=True,
        )
    phase = DosePhase(days=schedule.days, daily=rate.mg, dosing_day=rate.mg)
    return _Part((phase,), problems, "structure", written, rate=True)


def _cap_problems(phases: list[DosePhase]) -> list[Problem]:
    text = Phrase("The scheduled dose is above the maximum written on the same order.")
    return [
        Problem("cap-below-dose", text)
        for phase in phases
        if phase.maximum is not None and phase.dosing_day is not None and phase.dosing_day.high > phase.maximum
    ]
