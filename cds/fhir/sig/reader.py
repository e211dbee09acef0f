"""The reader: phrases of an instruction, in their order, to steps and doses.

What it does not know makes the text not understood. It never fills in a dose, a rhythm or a length.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from lark import Token, Tree

from cds.fhir.sig.draft import Change, Draft, DraftStep, NotUnderstoodError
from cds.fhir.sig.model import SigAmount, SigCap
from cds.fhir.sig.parse import Node
from cds.pharmacology.dose import Span

_QUANTITIES = frozenset({"quantity", "quantity_range", "quantity_and_half", "bare", "total", "scheme"})
_REMARKS = frozenset({"words", "negation", "reason", "condition", "vague"})
_INTRODUCING = 2  # so many unknown words may stand before the first dose: a name, a verb
_MAX_NESTING = 3
_WEEK = 7
_MOST_TIMES = 6  # "10 mg x30" is a quantity to dispense


def meaning(node: Any) -> Any:
    """What a token means."""
    return node.value.meaning


def number(node: Node) -> Span:
    """A number or a range of numbers."""
    values = [meaning(child) for child in node.children if isinstance(child, Token) and child.type == "NUM"]
    return Span(min(values), max(values))


def amount(node: Node) -> SigAmount:
    """A quantity phrase."""
    numbers = [number(child) for child in node.children if isinstance(child, Tree)]
    units = [meaning(child) for child in node.children if isinstance(child, Token) and child.type == "UNIT"]
    span = numbers[0]
    if node.data == "quantity_range":
        if units[0] != units[1]:
            raise NotUnderstoodError("a range from one unit to another")
        span = span.hull(numbers[1])
    elif node.data == "quantity_and_half":
        span = span + Span.of(Fraction(1, 2))
    return SigAmount(span, units[0] if units else None)


def times(node: Node) -> Span:
    """A number of times."""
    child = next(child for child in node.children if not (isinstance(child, Token) and child.type in {"TIMES", "X"}))
    return number(child) if isinstance(child, Tree) else Span.of(meaning(child))


def length(node: Node) -> Span:
    """A number of time units, in days."""
    numbers = [number(child) for child in node.children if isinstance(child, Tree)]
    unit = next(meaning(child) for child in node.children if isinstance(child, Token) and child.type == "TIMEUNIT")
    return (numbers[0] if numbers else Span.of(1)).scaled(unit)


class Reader:
    """Reads the sentences of one instruction; afterwards `steps`, `cap` and `remarks` hold what they say."""

    def __init__(self) -> None:
        self.steps: list[DraftStep] = [DraftStep()]
        self.cap: SigCap | None = None
        self.cycle = False
        self.vague = False
        self.remarks: list[str] = []
        self._separator = ""
        self._free = False
        self._in_cap = False
        self._cap_a_day = False
        self._cap_amount: SigAmount | None = None
        self._after_change = False
        self._upto = False

    @property
    def _step(self) -> DraftStep:
        return self.steps[-1]

    @property
    def _draft(self) -> Draft:
        change = self._step.change
        if change is not None and change.until is not None:
            return change.until
        if not self._step.doses:
            self._step.doses.append(Draft())
        return self._step.doses[-1]

    @property
    def _open_change(self) -> Change | None:
        change = self._step.change
        return change if change is not None and change.until is None else None

    def sentence(self, nodes: list[Node], *, first: bool) -> None:
        """Read one sentence.

        Raises:
            NotUnderstoodError: it says something about the dose that is not known.
        """
        kinds = {str(node.data) for node in nodes}
        if (
            not first
            and not kinds & _QUANTITIES
            and (kinds & {"words", "condition"})
            and not kinds & {"negation", "change_to", "cycle"}
        ):
            return  # "Follow up in 2 weeks", "Stop if drowsy"
        self._separator = "DOT"
        self._in_cap = self._upto = False
        self._read(nodes, first=first, depth=0)
        if self._in_cap:
            raise NotUnderstoodError("a maximum without its amount or period")

    def _read(self, nodes: list[Node], *, first: bool, depth: int) -> None:
        if depth > _MAX_NESTING:
            raise NotUnderstoodError("brackets in brackets")
        segments: list[tuple[str, list[Node]]] = [("", [])]
        for node in nodes:
            colon = node.data == "sep" and isinstance(node.children[0], Token) and node.children[0].type == "COLON"
            if colon and any(str(each.data) not in _REMARKS for each in segments[-1][1]):
                continue  # "10 mg tablets: take two"
            if node.data == "sep":
                segments.append((node.children[0].type if isinstance(node.children[0], Token) else "", []))
            else:
                segments[-1][1].append(node)
        for at, (separator, segment) in enumerate(segments):
            if separator in {"COMMA", "AND", "THEN", "EQUALS"} and (self._separator != "THEN" or separator == "THEN"):
                self._separator = separator
                self._free = False
            if separator == "THEN":
                self._in_cap = False
            if all(str(node.data) in _REMARKS - {"condition"} for node in segment):
                self.vague = self.vague or any(node.data == "vague" for node in segment)
                continue
            self._segment(segment, introduces=first and at == 0 and depth == 0, depth=depth)

    def _segment(self, segment: list[Node], *, introduces: bool, depth: int) -> None:
        for at, node in enumerate(segment):
            kind = str(node.data)
            rest = {str(each.data) for each in segment[at + 1 :]}
            if kind == "words":
                if not self._words(node, rest, introduces=introduces and at == 0):
                    return
                continue
            if kind == "negation":
                raise NotUnderstoodError("an exception or a choice")
            if kind == "aside":
                self._aside(node, depth)
                continue
            _READERS[kind](self, node, rest)
            if kind not in {"reason", "condition", "prn", "until"}:
                self._free = False
            if kind not in _REMARKS:
                self._separator = ""

    def _words(self, node: Node, rest: set[str], *, introduces: bool) -> bool:
        """Whether reading goes on behind words that are not known.

        Raises:
            NotUnderstoodError: they stand where they could change the dose.
        """
        text = " ".join(str(child) for child in node.children)
        if self._free or (introduces and len(node.children) <= _INTRODUCING) or not rest - _REMARKS:
            return True
        if rest & _QUANTITIES and self._separator in {"AND", "COMMA"} and self._step.doses and self._draft.amounts:
            self.remarks.append(f"Left out, as it seems to be another medicine: “{text} …”.")
            return False
        raise NotUnderstoodError(f"“{text}”")

    def _aside(self, node: Node, depth: int) -> None:
        inner = [child for child in node.children if isinstance(child, Tree)]
        kinds = {str(child.data) for child in inner}
        if (
            self._in_cap
            or not kinds - _REMARKS - {"sep"}
            or (self.cap is not None and self._separator == "" and not self._step.doses)
        ):
            return
        quantities = [child for child in inner if child.data in {"quantity", "quantity_and_half", "quantity_range"}]
        if (
            quantities
            and len(quantities) == len([child for child in inner if child.data != "words"])
            and self._step.doses
            and self._draft.amounts
        ):
            self._draft.amounts += [amount(child) for child in quantities]
            return
        if kinds & _QUANTITIES and self.cap is not None:
            return  # the cap said again
        self._read(inner, first=False, depth=depth + 1)

    # What each phrase does. `rest` holds the kinds that follow in the same segment.

    def _quantity(self, node: Node, _rest: set[str]) -> None:
        self._take(amount(node))

    def _take(self, found: SigAmount) -> None:
        if self._in_cap:
            self._cap_amount = found
            if self._cap_a_day:
                self._close_cap(Fraction(1))
            return
        change = self._open_change
        if change is not None:
            if change.by is not None:
                raise NotUnderstoodError("a change of dose by two amounts")
            change.by = found
            return
        if self._upto:
            found, self._upto = SigAmount(Span(Fraction(0), found.span.high), found.unit), False
        draft = self._draft
        if draft.amounts and self._separator != "EQUALS":
            if draft.has_rhythm or draft.as_needed or self._step.days is not None or self._separator == "THEN":
                draft = self._next_dose()
            elif found.unit is None or draft.amounts[0].unit in {None, found.unit}:
                raise NotUnderstoodError("two doses and one rhythm")
        elif self._step.stop or (not draft.amounts and self._step.days is not None and self._separator == "THEN"):
            draft = self._next_dose()
        draft.led_by_moment = draft.led_by_moment or (not draft.amounts and bool(draft.moments))
        draft.amounts.append(found)
        if draft.strength is not None:
            self._count(draft, draft.strength)

    def _count(self, draft: Draft, strength: SigAmount) -> None:
        """Of "10 mg tablet, take 2" the dose is two tablets, and said again 20 mg."""
        found = draft.amounts[-1]
        if found.unit not in {"{tbl}", None}:
            raise NotUnderstoodError("a strength beside a dose")
        draft.amounts = [
            SigAmount(found.span, "{tbl}"),
            SigAmount(found.span.scaled(strength.span.high), strength.unit),
        ]
        draft.strength = None

    def _next_dose(self) -> Draft:
        new_step = (
            self._separator == "THEN" or self._step.stop or (self._step.days is not None and self._separator != "AND")
        )
        if new_step or self._step.change is not None:
            self.steps.append(DraftStep())
            return self._draft
        self._step.doses.append(Draft(joined_by=self._separator))
        return self._draft

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

    def _frequency_of(self, count: Span, period: Span) -> None:
        if self._in_cap:
            self.cap, self._in_cap = SigCap(None, count.high, period.high), False
            return
        if self._upto:
            count, self._upto = Span(Fraction(0), count.high), False
        self._draft.set_times(count, period)

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
            raise NotUnderstoodError("a number of times without a period")

    def _times_interval(self, node: Node, _rest: set[str]) -> None:
        inner, interval = (child for child in node.children if isinstance(child, Tree))
        if interval.data not in {"every", "hourly"}:
            raise NotUnderstoodError("a number of times at an interval")
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
            raise NotUnderstoodError("a dose and a scheme of doses")
        taken = [(slot, moment) for slot, moment in zip(slots, ("MORN", "NOON", "EVE", "NIGHT"), strict=False) if slot]
        if not taken:
            raise NotUnderstoodError("a scheme without a dose")
        self._step.doses = [
            Draft(amounts=[SigAmount(Span.of(slot), unit or "{tbl}")], moments=[moment], joined_by="AND")
            for slot, moment in taken
        ]

    def _span(self, node: Node, _rest: set[str]) -> None:
        found = length(node).high
        if self._step.days is not None and self._step.days != found:
            raise NotUnderstoodError("two lengths for one step")
        self._step.days = found

    def _after(self, node: Node, _rest: set[str]) -> None:
        found = length(node).high
        if self._after_change and len(self.steps) > 1 and self.steps[-2].days is None:
            self.steps[-2].days = found
        elif self._step.days is None and self._step.doses:
            self._step.days = found
        else:
            raise NotUnderstoodError("a time after which nothing is said to change")

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

    def _close_cap(self, period: Fraction) -> None:
        self.cap, self._in_cap = SigCap(self._cap_amount, None, period), False

    def _change(self, node: Node, rest: set[str]) -> None:
        if not self._step.doses or not self._draft.amounts:
            raise NotUnderstoodError("a change of dose without the dose before it")
        if node.data == "change_to":
            self.steps.append(DraftStep())
            self._after_change = True
        else:
            if self._step.change is not None:
                raise NotUnderstoodError("a second change of dose")
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
            raise NotUnderstoodError("an amount that is one dose or a daily total")

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
            raise NotUnderstoodError("a stop without a dose before it")
        self.steps.append(DraftStep(stop=True))
        self._after_change = True

    def _condition(self, _node: Node, rest: set[str]) -> None:
        if rest & _QUANTITIES:
            raise NotUnderstoodError("a dose on a condition")
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
            raise NotUnderstoodError("a strength of something unknown")
        if rest & {"quantity", "quantity_range", "quantity_and_half", "bare"}:
            if self._step.doses or stated.span.low != stated.span.high:
                raise NotUnderstoodError("a strength beside a dose")
            self._draft.strength = stated
        else:
            self._take(stated)


_READERS: dict[str, Callable[[Reader, Node, set[str]], None]] = {
    **dict.fromkeys(("quantity", "quantity_range", "quantity_and_half", "bare"), Reader._quantity),  # noqa: SLF001
    **dict.fromkeys(("change_to", "change_by"), Reader._change),  # noqa: SLF001
    **dict.fromkeys(("moment", "every_moment"), Reader._moment),  # noqa: SLF001
    **dict.fromkeys(("weekdays", "every_weekday"), Reader._weekdays),  # noqa: SLF001
    **dict.fromkeys(("prn", "reason", "vague", "cycle", "clock", "meal", "concentration"), Reader._mark),  # noqa: SLF001
    "total": Reader._total,  # noqa: SLF001
    "strength": Reader._strength,  # noqa: SLF001
    "frequency": Reader._frequency,  # noqa: SLF001
    "times_only": Reader._times_only,  # noqa: SLF001
    "times_interval": Reader._times_interval,  # noqa: SLF001
    "latin": Reader._latin,  # noqa: SLF001
    "daily": Reader._daily,  # noqa: SLF001
    "every": Reader._every,  # noqa: SLF001
    "hourly": Reader._hourly,  # noqa: SLF001
    "scheme": Reader._scheme,  # noqa: SLF001
    "span": Reader._span,  # noqa: SLF001
    "after": Reader._after,  # noqa: SLF001
    "label": Reader._label,  # noqa: SLF001
    "cap": Reader._cap,  # noqa: SLF001
    "until": Reader._until,  # noqa: SLF001
    "divided": Reader._divided,  # noqa: SLF001
    "doses_a_day": Reader._doses_a_day,  # noqa: SLF001
    "perdose": Reader._perdose,  # noqa: SLF001
    "stop": Reader._stop,  # noqa: SLF001
    "condition": Reader._condition,  # noqa: SLF001
}
