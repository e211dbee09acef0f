"""What each phrase does to the dose being read."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

from lark import Token, Tree

from cds.fhir.sig.draft import Change, Draft, DraftStep, NotUnderstoodError
from cds.fhir.sig.meanings import QUANTITIES, amount, length, meaning, number, times
from cds.fhir.sig.model import SigAmount
from cds.fhir.sig.parse import Node
from cds.fhir.sig.state import State
from cds.pharmacology.dose import Span
from cds.phrases import Phrase

_WEEK = 7
_MOST_TIMES = 6  # "10 mg x30" is a quantity to dispense


class Phrases(State):
    """One method a phrase; `rest` holds the kinds that follow in the same segment."""

    def _quantity(self, node: Node, _rest: set[str]) -> None:
        self._take(amount(node))

    def _total(self, node: Node, rest: set[str]) -> None:
        inner = next(child for child in node.children if isinstance(child, Tree))
        period = next(meaning(child) for child in node.children if isinstance(child, Token))
        found = amount(inner)
        if found.unit is None and (self._in_cap or (self._step.doses and self._draft.amounts)):
            self._frequency_of(found.span, Span.of(period))  # "1 cp 3/j"
            return
        if self._in_cap:
            self._cap_amount = found
            self._close_cap(period)
            return
        change = self._open_change
        self._take(found)
        if change is not None:
            change.a_day = period == 1
        elif period == 1:
            self._draft.a_day = True
        else:
            self._draft.set_interval(Span.of(period))
        del rest

    def _frequency(self, node: Node, _rest: set[str]) -> None:
        inner = next(child for child in node.children if isinstance(child, Tree))
        period = next(meaning(child) for child in node.children if isinstance(child, Token))
        self._frequency_of(times(inner), Span.of(period))

    def _times_only(self, node: Node, rest: set[str]) -> None:
        inner = next(child for child in node.children if isinstance(child, Tree))
        words = {str(child) for child in inner.children if isinstance(child, Token)}
        count = times(inner)
        if "x" in words and count.high <= _MOST_TIMES:  # "10 mg x3" is the usual way to write three times a day
            self._frequency_of(count, Span.of(1))
        elif count == Span.of(1):
            self._draft.once = not rest & {"moment", "weekdays", "clock", "meal"}
        else:
            raise NotUnderstoodError(Phrase("a number of times without a period"))

    def _times_interval(self, node: Node, _rest: set[str]) -> None:
        inner, interval = (child for child in node.children if isinstance(child, Tree))
        if interval.data not in {"every", "hourly"}:
            raise NotUnderstoodError(Phrase("a number of times at an interval"))
        self._frequency_of(times(inner), length(interval))

    def _latin(self, node: Node, _rest: set[str]) -> None:
        rate = meaning(node.children[0])
        self._frequency_of(Span.of(max(rate, Fraction(1))), Span.of(1 if rate >= 1 else 1 / rate))

    def _daily(self, node: Node, _rest: set[str]) -> None:
        value = meaning(node.children[0])
        if self._in_cap:
            if self._cap_amount is not None:
                self._close_cap(value)
            else:
                self._cap_a_day = value == 1
            return
        self._draft.daily = value

    def _every(self, node: Node, _rest: set[str]) -> None:
        interval = length(node)
        change = self._open_change
        if change is not None:
            change.every = interval.high
        else:
            self._draft.set_interval(interval)

    def _hourly(self, node: Node, _rest: set[str]) -> None:
        inner = next(child for child in node.children if isinstance(child, Tree))
        self._draft.set_interval(number(inner).scaled(Fraction(1, 24)))

    def _moment(self, node: Node, _rest: set[str]) -> None:
        moment = meaning(next(child for child in node.children if isinstance(child, Token) and child.type == "MOMENT"))
        draft = self._draft
        if draft.led_by_moment and draft.amounts and self._separator:
            draft = self._next_dose()
        draft.add_moment(moment, separated=bool(self._separator))

    def _weekdays(self, node: Node, _rest: set[str]) -> None:
        days = [meaning(child) for child in node.children if isinstance(child, Token) and child.type == "WEEKDAY"]
        if len(days) > 1:
            days = [(days[0] + step) % _WEEK for step in range((days[1] - days[0]) % _WEEK + 1)]
        if not self._step.stop:
            self._draft.weekdays |= set(days)

    def _scheme(self, node: Node, _rest: set[str]) -> None:
        slots = meaning(node.children[0])
        unit = next(
            (meaning(child) for child in node.children if isinstance(child, Token) and child.type == "UNIT"), None
        )
        if self._step.doses and self._draft.amounts:  # "10 mg 1-0-1": so many of them
            raise NotUnderstoodError(Phrase("a dose and a scheme of doses"))
        taken = [(slot, moment) for slot, moment in zip(slots, ("MORN", "NOON", "EVE", "NIGHT"), strict=False) if slot]
        if not taken:
            raise NotUnderstoodError(Phrase("a scheme without a dose"))
        self._step.doses = [
            Draft(amounts=[SigAmount(Span.of(slot), unit or "{tbl}")], moments=[moment], joined_by="AND")
            for slot, moment in taken
        ]

    def _span(self, node: Node, _rest: set[str]) -> None:
        found = length(node).high
        if self._step.days is not None and self._step.days != found:
            raise NotUnderstoodError(Phrase("two lengths for one step"))
        self._step.days = found

    def _after(self, node: Node, _rest: set[str]) -> None:
        found = length(node).high
        if self._after_change and len(self.steps) > 1 and self.steps[-2].days is None:
            self.steps[-2].days = found
        elif self._step.days is None and self._step.doses:
            self._step.days = found
        else:
            raise NotUnderstoodError(Phrase("a time after which nothing is said to change"))

    def _label(self, node: Node, _rest: set[str]) -> None:
        unit = meaning(node.children[0])
        inner = next(child for child in node.children if isinstance(child, Tree))
        days = number(inner)
        if self._step.doses or self._step.days is not None:
            self.steps.append(DraftStep())
        self._step.days = (days.high - days.low + 1) * unit

    def _cap(self, node: Node, _rest: set[str]) -> None:
        words = str(node.children[0])
        self._in_cap, self._cap_amount = True, None
        self._cap_a_day = any(word in words for word in ("daily", "posologie", "dose max"))

    def _change(self, node: Node, rest: set[str]) -> None:
        if not self._step.doses or not self._draft.amounts:
            raise NotUnderstoodError(Phrase("a change of dose without the dose before it"))
        if node.data == "change_to":
            self.steps.append(DraftStep())
            self._after_change = True
        else:
            if self._step.change is not None:
                raise NotUnderstoodError(Phrase("a second change of dose"))
            self._step.change = Change(meaning(node.children[0]))
        del rest

    def _until(self, _node: Node, _rest: set[str]) -> None:
        change = self._open_change
        if change is not None:
            change.until = Draft()
        else:
            self._upto = True
        self._free = True

    def _divided(self, node: Node, _rest: set[str]) -> None:
        inner = next((child for child in node.children if isinstance(child, Tree)), None)
        self._draft.divided = number(inner) if inner is not None else Span.of(0)

    def _doses_a_day(self, node: Node, rest: set[str]) -> None:
        inner = next(child for child in node.children if isinstance(child, Tree))
        period = next(meaning(child) for child in node.children if isinstance(child, Token) and child.type == "PERIOD")
        if self._in_cap or not (self._step.doses and self._draft.amounts) or self._draft.one_intake:
            self._frequency_of(number(inner), Span.of(period))
        elif self._draft.a_day:
            self._divided(node, rest)
        else:
            raise NotUnderstoodError(Phrase("an amount that is one dose or a daily total"))

    def _perdose(self, _node: Node, _rest: set[str]) -> None:
        if self._in_cap:  # the most at one time is no daily maximum
            self._in_cap = False
        elif self._step.change is not None:
            self._step.change.per_dose = True
        else:
            self._draft.one_intake = True

    def _stop(self, _node: Node, rest: set[str]) -> None:
        if "condition" in rest:
            self._free = True
            return
        if not self._step.doses or not self._draft.amounts:
            raise NotUnderstoodError(Phrase("a stop without a dose before it"))
        self.steps.append(DraftStep(stop=True))
        self._after_change = True

    def _condition(self, _node: Node, rest: set[str]) -> None:
        if rest & QUANTITIES:
            raise NotUnderstoodError(Phrase("a dose on a condition"))
        if self._step.doses and self._draft.amounts:
            self._draft.as_needed = True
        self._free = True

    def _mark(self, node: Node, _rest: set[str]) -> None:
        match str(node.data):
            case "prn":
                self._draft.as_needed = True
                self._free = True
            case "reason":
                self._free = True
            case "vague":
                self.vague = True
            case "cycle":
                self.cycle = True
            case "clock":
                self._draft.clocks += 1
            case "meal":
                self._draft.meals = True
            case _:  # a concentration
                self._draft.concentration = meaning(node.children[0])

    def _strength(self, node: Node, rest: set[str]) -> None:
        """The strength of what is counted next ("10 mg tablet"), else the dose itself."""
        units = [meaning(child) for child in node.children if isinstance(child, Token)]
        inner = next(child for child in node.children if isinstance(child, Tree))
        stated = SigAmount(number(inner), units[0])
        if units[1] == "?":
            raise NotUnderstoodError(Phrase("a strength of something unknown"))
        if rest & {"quantity", "quantity_range", "quantity_and_half", "bare"}:
            if self._step.doses or stated.span.low != stated.span.high:
                raise NotUnderstoodError(Phrase("a strength beside a dose"))
            self._draft.strength = stated
        else:
            self._take(stated)

    readers: ClassVar[dict[str, Callable[[Any, Node, set[str]], None]]] = {
        **dict.fromkeys(("quantity", "quantity_range", "quantity_and_half", "bare"), _quantity),
        **dict.fromkeys(("change_to", "change_by"), _change),
        **dict.fromkeys(("moment", "every_moment"), _moment),
        **dict.fromkeys(("weekdays", "every_weekday"), _weekdays),
        **dict.fromkeys(("prn", "reason", "vague", "cycle", "clock", "meal", "concentration"), _mark),
        "total": _total,
        "strength": _strength,
        "frequency": _frequency,
        "times_only": _times_only,
        "times_interval": _times_interval,
        "latin": _latin,
        "daily": _daily,
        "every": _every,
        "hourly": _hourly,
        "scheme": _scheme,
        "span": _span,
        "after": _after,
        "label": _label,
        "cap": _cap,
        "until": _until,
        "divided": _divided,
        "doses_a_day": _doses_a_day,
        "perdose": _perdose,
        "stop": _stop,
        "condition": _condition,
    }
