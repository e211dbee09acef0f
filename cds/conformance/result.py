"""What was found: observations of checks while the runner works, and a result for every requirement in the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from cds.conformance.requirements import Requirement, load_requirements

__all__ = ["Observations", "Report", "Result", "Row"]

_SHOWN = 3  # faults of one check that are worth reading


class Result(StrEnum):
    """How a requirement came out; where observations differ, the first of this order counts."""

    NOT_MET = "not met"
    MET = "met"
    NOT_APPLICABLE = "not applicable"
    NOT_CHECKED = "not checked"


class Observations:
    """What each check saw, in the order in which it was seen."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[Result, str]]] = defaultdict(list)

    def note(self, check: str, result: Result, detail: str = "") -> None:
        """Something was seen; `detail` says where, and on a fault what."""
        if (result, detail) not in self._seen[check]:
            self._seen[check].append((result, detail))

    def say(self, check: str, fault: str | None, detail: str = "") -> None:
        """Met with its detail, or not met with the fault."""
        if fault is None:
            self.note(check, Result.MET, detail)
        else:
            self.note(check, Result.NOT_MET, fault)

    def of(self, check: str) -> tuple[Result, str]:
        """The outcome of a check, with the details that led to it."""
        seen = self._seen.get(check, [])
        if not seen:
            return Result.NOT_CHECKED, "No answer of this run has it."
        outcome = next(result for result in Result if any(result is one for one, _ in seen))
        details = [detail for result, detail in seen if result is outcome and detail]
        more = f"; and {len(details) - _SHOWN} more" if len(details) > _SHOWN else ""
        return outcome, "; ".join(details[:_SHOWN]) + more


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement's result.

    Attributes:
        requirement: the requirement.
        result: how it came out.
        detail: where it was broken, or why it was not looked at; may be empty.
    """

    requirement: Requirement
    result: Result
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a run.

    Attributes:
        base: base URL of the service.
        requests: how many requests the run made.
        rows: one for each requirement.
    """

    base: str
    requests: int
    rows: tuple[Row, ...]

    @property
    def broken(self) -> tuple[Row, ...]:
        """What is not met, at any level."""
        return tuple(row for row in self.rows if row.result is Result.NOT_MET)

    @property
    def conforms(self) -> bool:
        """Whether no SHALL is broken."""
        return not any(row.requirement.level == "SHALL" for row in self.broken)


def report_of(base: str, requests: int, seen: Observations) -> Report:
    """Every requirement with what was seen of it."""
    return Report(base, requests, tuple(_row(requirement, seen) for requirement in load_requirements()))


def _row(requirement: Requirement, seen: Observations) -> Row:
    if requirement.check is not None:
        return Row(requirement, *seen.of(requirement.check))
    if requirement.not_applicable is not None:
        return Row(requirement, Result.NOT_APPLICABLE, requirement.not_applicable)
    return Row(requirement, Result.NOT_CHECKED, requirement.not_checked or "")
