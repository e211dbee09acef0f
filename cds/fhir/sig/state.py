"""What has been read of an instruction so far, and where the next amount or frequency belongs."""

from __future__ import annotations

from fractions import Fraction

from cds.fhir.sig.draft import Change, Draft, DraftStep, NotUnderstoodError
from cds.fhir.sig.model import SigAmount, SigCap
from cds.pharmacology.dose import Span
from cds.phrases import Phrase


class State:
    """The steps read so far; the last dose of the last step is the one being read."""

    def __init__(self) -> None:
        self.steps: list[DraftStep] = [DraftStep()]
        self.cap: SigCap | None = None
        self.cycle = False
        self.vague = False
        self.remarks: list[Phrase] = []
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

    def _take(self, found: SigAmount) -> None:
        if self._in_cap:
            self._cap_amount = found
            if self._cap_a_day:
                self._close_cap(Fraction(1))
            return
        change = self._open_change
        if change is not None:
            if change.by is not None:
                raise NotUnderstoodError(Phrase("a change of dose by two amounts"))
            change.by = found
            return
        if self._upto:
            found, self._upto = SigAmount(Span(Fraction(0), found.span.high), found.unit), False
        draft = self._draft
        if draft.amounts and self._separator != "EQUALS":
            if draft.has_rhythm or draft.as_needed or self._step.days is not None or self._separator == "THEN":
                draft = self._next_dose()
            elif found.unit is None or draft.amounts[0].unit in {None, found.unit}:
                raise NotUnderstoodError(Phrase("two doses and one rhythm"))
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
            raise NotUnderstoodError(Phrase("a strength beside a dose"))
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

    def _frequency_of(self, count: Span, period: Span) -> None:
        if self._in_cap:
            self.cap, self._in_cap = SigCap(None, count.high, period.high), False
            return
        if self._upto:
            count, self._upto = Span(Fraction(0), count.high), False
        self._draft.set_times(count, period)

    def _close_cap(self, period: Fraction) -> None:
        self.cap, self._in_cap = SigCap(self._cap_amount, None, period), False
