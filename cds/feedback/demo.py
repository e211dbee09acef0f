"""Invented figures of an invented hospital, so that anybody can see the dashboard full. The same day has the same figures, always."""

from __future__ import annotations

import asyncio
import functools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from cds.feedback.comments import Comment, Comments
from cds.feedback.figures import CardCount, Choices, Filters, Outcome, TallyCount, UnknownCards, reason_of
from cds.feedback.tallies import LATENCY_BUCKETS
from cds.phrases import Phrase

__all__ = ["DEMO_REASONS", "DEMO_RULES", "DemoFigures"]

_DAYS = 400
_KEPT = 4  # days of today; the page is asked for today's
_WEEKEND = 5  # from Saturday on
_CALLS = {False: (26, 46), True: (7, 16)}  # on a day: working day, weekend
_CONCERNED = 0.3
_FALSE_KEYS = 0.01  # of what is told: of cards that are nobody's
_ISSUER = "demonstration-hospital"
_UNITS: Mapping[str, int] = {
    Phrase("Addiction medicine"): 5,
    Phrase("Neurology"): 4,
    Phrase("Rehabilitation"): 4,
    Phrase("Nephrology"): 2,
    Phrase("Paediatrics"): 1,
    "": 1,
}
"""By name, how often beside the others; names and comments are words of ours, to be said in the page's language."""
_HOOKS = {"order-sign": 6, "order-select": 3, "patient-view": 1}
_UNKNOWN = {"renal_labs": 0.22, "renal_function": 0.12, "dispenses": 0.08, "dose": 0.06, "weight": 0.02, "age": 0.01}
_SLOW = (40, 260, 340, 190, 90, 40, 20, 10, 6, 3, 1, 0, 0)  # of a thousand calls, by bucket
_SYSTEM = "urn:baclofen-cds:override"
_TOLD_WITHOUT_REASON = 0.15
_COMMENTED = 0.12


class DemoRule(NamedTuple):
    """How often a rule speaks, and what becomes of it.

    Attributes:
        indicator: of its cards.
        weight: how often, beside the others.
        accepted: share of its cards.
        overridden: likewise; of the rest nothing is told.
        reasons: codes of what is said, the most frequent first.
        comment: what somebody might write.
    """

    indicator: str
    weight: float
    accepted: float
    overridden: float
    reasons: tuple[str, ...]
    comment: Phrase


DEMO_REASONS = {
    "BegunElsewhere": "Not a new dose, reached elsewhere",
    "BenefitOutweighsRisk": "Benefit outweighs the risk, patient monitored",
    "CheckedAsWritten": "Dose, unit and product checked, correct as written",
    "CombinationIntended": "Combination intended, patient monitored",
    "FasterIntended": "Faster titration intended, patient monitored",
    "LongTolerated": "Long-term dose, well tolerated",
    "MeasurementOrdered": "Measurement already ordered",
    "NephrologyAgreed": "Agreed with nephrology",
    "NoLongerTaken": "The other drug is no longer taken",
    "RecordWrong": "The record is wrong or out of date",
    "RenalFunctionKnown": "Renal function known from elsewhere",
    "SpecialistConfirmed": "Confirmed with a specialist",
    "TaperElsewhere": "Taper done or planned elsewhere",
}
"""Codes of reasons and their displays; the service's own."""

_REASONS = (("", "", ""), *((_SYSTEM, code, display) for code, display in DEMO_REASONS.items()))

_RENAL = ("NephrologyAgreed", "RenalFunctionKnown", "BenefitOutweighsRisk")
_SILENCED, _SILENCED_SHARE = "Antihypertensive", 0.2
"""A rule that the invented hospital looks at before its prescribers do, and how often it would have spoken."""

DEMO_RULES = {
    "CnsDepressant": DemoRule(
        "warning",
        24,
        0.08,
        0.66,
        ("CombinationIntended", "NoLongerTaken"),
        Phrase("Invented: both for withdrawal, on the ward."),
    ),
    "RenalUnknown": DemoRule(
        "info",
        16,
        0.21,
        0.44,
        ("RenalFunctionKnown", "MeasurementOrdered"),
        Phrase("Invented: the outside laboratory is not connected."),
    ),
    "OralDailyMaximum": DemoRule(
        "warning",
        13,
        0.22,
        0.52,
        ("LongTolerated", "SpecialistConfirmed"),
        Phrase("Invented: the same dose for three years."),
    ),
    "AgeOlderAdult": DemoRule(
        "info", 10, 0.12, 0.5, ("BenefitOutweighsRisk", "SpecialistConfirmed"), Phrase("Invented: known to the clinic.")
    ),
    "RenalModerate": DemoRule("warning", 9, 0.41, 0.3, _RENAL, Phrase("Invented: dose halved already last week.")),
    "OralTitrationStep": DemoRule(
        "warning", 8, 0.37, 0.34, ("FasterIntended", "BegunElsewhere"), Phrase("Invented: seen every second day.")
    ),
    "ChecksIncomplete": DemoRule("info", 8, 0.02, 0.2, (), Phrase("Invented: nobody can enter the weight here.")),
    "RenalSevere": DemoRule("critical", 5, 0.71, 0.14, _RENAL, Phrase("Invented: with the nephrologist on the phone.")),
    "AbruptStop": DemoRule(
        "critical",
        4,
        0.63,
        0.17,
        ("TaperElsewhere", "RecordWrong"),
        Phrase("Invented: the taper stands in the discharge letter."),
    ),
    "OralStartingDose": DemoRule(
        "warning",
        4,
        0.52,
        0.24,
        ("BegunElsewhere", "FasterIntended"),
        Phrase("Invented: taken at home before admission."),
    ),
    "RenalDialysis": DemoRule("critical", 2, 0.78, 0.09, _RENAL, Phrase("Invented: stopped after the call.")),
    "PediatricWeightDose": DemoRule(
        "warning", 1, 0.5, 0.25, ("SpecialistConfirmed",), Phrase("Invented: weight of last month.")
    ),
    "UnitMismatch": DemoRule(
        "critical", 0.2, 0.8, 0.1, ("CheckedAsWritten",), Phrase("Invented: it was a pump after all.")
    ),
}
"""By rule. Rules and indicators are the service's own; everything else is invented."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One item of feedback on a card of ours.

    Attributes:
        where: issuer, unit, hook, rule and indicator.
        reason: of an overridden card, as `reason_of` tells it; else None.
    """

    day: date
    comment: Comment | None
    where: tuple[str, str, str, str, str]
    reason: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class _Invented:
    """Everything of the days up to one."""

    cards: tuple[CardCount, ...]
    tallies: tuple[tuple[str, str, TallyCount], ...]
    told: tuple[_Told, ...]
    foreign: tuple[date, ...]


class DemoFigures:
    """The invented figures up to a day.

    Args:
        today: the last day.
    """

    def __init__(self, today: date) -> None:
        self._today = today

    async def _all(self) -> _Invented:
        return await asyncio.to_thread(_invented, self._today)  # a second of work, once a day

    async def cards(self, filters: Filters) -> tuple[CardCount, ...]:
        """The cards shown, with what became of each."""
        return tuple(
            card
            for card in (await self._all()).cards
            if _holds(filters, card.day, (card.issuer, card.unit, card.hook, card.rule, card.indicator))
            and (filters.reason is None or (card.outcome == "overridden" and filters.reason == reason_of(card)))
        )

    async def tallies(self, filters: Filters) -> tuple[TallyCount, ...]:
        """The counts of calls, findings, unknown readings and latencies."""
        return tuple(
            tally
            for unit, hook, tally in (await self._all()).tallies
            if _holds(
                filters,
                tally.day,
                (_ISSUER, unit, hook, *((tally.name, tally.detail) if tally.kind in ("finding", "silenced") else ())),
            )
        )

    async def unknown_cards(self, filters: Filters) -> UnknownCards:
        """How much was told of cards that are none of ours."""
        found = await self._all()
        foreign = sum(_holds(filters, day, (_ISSUER,)) for day in found.foreign)
        return UnknownCards(foreign, foreign + sum(_holds(filters, one.day, (_ISSUER,)) for one in found.told))

    async def comments(self, filters: Filters, *, skip: int, most: int) -> Comments:
        """The newest comments."""
        told = [
            one
            for one in (await self._all()).told
            if _holds(filters, one.day, one.where) and filters.reason in (None, one.reason)
        ]
        found = sorted((one.comment for one in told if one.comment), key=lambda one: one.received, reverse=True)
        return Comments(tuple(found[skip : skip + most]), len(found), len(told))

    async def choices(self) -> Choices:
        """Issuers, units and hooks of which there are figures."""
        return Choices((_ISSUER,), tuple(sorted(_UNITS)), tuple(sorted(_HOOKS)), _REASONS)


def _holds(filters: Filters, day: date, where: tuple[str, ...]) -> bool:
    """Whether the filters choose something by its day and by its issuer, unit, hook, rule and indicator, as far as it has them."""
    chosen = (
        *((one,) if one is not None else None for one in (filters.issuer, filters.unit, filters.hook)),
        filters.rules,
        (filters.indicator,) if filters.indicator is not None else None,
    )
    return (
        (filters.since is None or day >= filters.since)
        and (filters.until is None or day <= filters.until)
        and all(values is None or value in values for value, values in zip(where, chosen, strict=False))
    )


@functools.lru_cache(_KEPT)
def _invented(today: date) -> _Invented:
    days = _Days()
    for back in range(_DAYS):
        days.add(today - timedelta(days=back))
    return _Invented(
        tuple(replace(card, count=count) for card, count in days.cards.items()),
        tuple((unit, hook, replace(tally, count=count)) for (unit, hook, tally), count in days.tallies.items()),
        tuple(days.told),
        tuple(days.foreign),
    )


class _Days:
    """Days as they are invented; each by itself, so that it does not change with the days around it."""

    def __init__(self) -> None:
        self.cards: Counter[CardCount] = Counter()
        self.tallies: Counter[tuple[str, str, TallyCount]] = Counter()
        self.told: list[_Told] = []
        self.foreign: list[date] = []

    def add(self, day: date) -> None:
        """A day with its calls."""
        chance = random.Random(day.toordinal())  # noqa: S311 -- figures that are the same every time, no secret
        for _ in range(chance.randint(*_CALLS[day.weekday() >= _WEEKEND])):
            self._call(chance, day)

    def _call(self, chance: random.Random, day: date) -> None:
        unit, hook = (chance.choices(list(one), list(one.values()))[0] for one in (_UNITS, _HOOKS))
        concerned = chance.random() < _CONCERNED
        calls = "concerned" if concerned else "other"

        def count(kind: str, name: str, detail: str = "") -> None:
            self.tallies[unit, hook, TallyCount(day=day, kind=kind, name=name, detail=detail, count=1)] += 1

        count("call", calls)
        (bound,) = chance.choices([*map(str, LATENCY_BUCKETS), "more"], _SLOW)
        count("latency", bound, calls)
        if not concerned:
            return
        for kind, share in _UNKNOWN.items():
            if chance.random() < share:
                count("unknown", kind)
        weights = [rule.weight for rule in DEMO_RULES.values()]
        for name in sorted(set(chance.choices(list(DEMO_RULES), weights, k=chance.choice((0, 1, 1, 2, 2, 3))))):
            count("finding", name, DEMO_RULES[name].indicator)
            self._card(chance, day, (unit, hook, name))
        if chance.random() < _SILENCED_SHARE:
            count("silenced", _SILENCED, "info")
            count("silenced_card", "info")
            count("silenced_call", "")

    def _card(self, chance: random.Random, day: date, where: tuple[str, str, str]) -> None:
        unit, hook, name = where
        rule = DEMO_RULES[name]
        outcome = _outcome(chance, rule)
        reasoned = outcome == "overridden" and chance.random() >= _TOLD_WITHOUT_REASON
        code = chance.choices(rule.reasons, range(len(rule.reasons), 0, -1))[0] if reasoned and rule.reasons else None
        reason = (_SYSTEM, code, DEMO_REASONS[code]) if code else (None, None, None)
        card = CardCount(
            day=day, issuer=_ISSUER, unit=unit, hook=hook, rule=name, indicator=rule.indicator,
            outcome=outcome, reason=reason, count=1,
        )  # fmt: skip
        self.cards[card] += 1
        if outcome is None:
            return
        said = None
        if outcome == "overridden" and chance.random() < _COMMENTED:
            moment = datetime.combine(day, time(chance.randrange(7, 20), chance.randrange(60)), UTC)
            said = Comment(
                received=moment, issuer=_ISSUER, unit=unit, hook=hook, rule=name, indicator=rule.indicator,
                outcome=outcome, reason=(_SYSTEM, code, DEMO_REASONS[code]) if code else ("", "", ""), text=rule.comment,
            )  # fmt: skip
        reason_told = reason_of(card) if outcome == "overridden" else None
        self.told.append(_Told(day, said, (_ISSUER, unit, hook, name, rule.indicator), reason_told))
        if chance.random() < _FALSE_KEYS:
            self.foreign.append(day)


def _outcome(chance: random.Random, rule: DemoRule) -> Outcome | None:
    drawn = chance.random()
    if drawn < rule.accepted:
        return "accepted"
    return "overridden" if drawn < rule.accepted + rule.overridden else None
