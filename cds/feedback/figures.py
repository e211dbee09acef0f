"""What was said and what became of it, for those who watch over it: every figure with its denominator.

Values and sums, without I/O; `cds.feedback.reading` asks the store for what is added up here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cds.feedback.tallies import LATENCY_BUCKETS

__all__ = [
    "ANY",
    "SMALLEST_DENOMINATOR",
    "Calls",
    "CardCount",
    "Choices",
    "Filters",
    "Latency",
    "Outcomes",
    "Share",
    "TallyCount",
    "UnknownCards",
    "all_calls",
    "concerned_calls",
    "findings",
    "latency",
    "outcomes_by",
    "overrides_by_reason",
    "reason_of",
    "silenced",
    "silenced_cards",
    "unknown_readings",
    "week_of",
]

_SLOWER = "more"

Outcome = Literal["accepted", "overridden"]
Calls = Literal["concerned", "other"]

SMALLEST_DENOMINATOR = 10
"""Below it a share says more of chance than of care, and is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is looked at; None is everything.

    Attributes:
        since: the first UTC day.
        until: the last one.
        issuer: the caller's name; empty for callers that nobody knows.
        unit: the organisation of the encounter; empty where it was not told.
        hook: name of the hook.
        rules: ids of rules: of the rule that leads a card, or of a finding. Of none of them is nothing.
        indicator: `info`, `warning` or `critical`.
        reason: system, code and, without a code, display: of cards that were overridden for it. All are empty where none was told.
    """

    since: date | None = None
    until: date | None = None
    issuer: str | None = None
    unit: str | None = None
    hook: str | None = None
    rules: tuple[str, ...] | None = None
    indicator: str | None = None
    reason: tuple[str, str, str] | None = None


ANY = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCount:
    """Cards that have all of this in common.

    Attributes:
        day: the UTC day on which they were shown.
        outcome: None where nothing was told.
        reason: system, code and display of the reason; parts are None where they were not told.
        count: how many.
    """

    day: date
    issuer: str
    unit: str
    hook: str
    rule: str
    indicator: str
    outcome: Outcome | None
    reason: tuple[str | None, str | None, str | None]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyCount:
    """The tallies of a day, of all issuers, units and hooks that were asked for; see `cds.store.tables.Tally`."""

    day: date
    kind: str
    name: str
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator with its denominator.

    Attributes:
        name: what is counted: one name or several.
        count: how many.
        of: of how many.
    """

    name: tuple[str, ...]
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of cards.

    Attributes:
        name: the group.
        shown: cards: the denominator.
        accepted: of them.
        overridden: of them.
    """

    name: str
    shown: int
    accepted: int
    overridden: int

    @property
    def unanswered(self) -> int:
        """Cards of which nothing was told."""
        return self.shown - self.accepted - self.overridden


@dataclass(frozen=True, slots=True)
class Latency:
    """How long calls took.

    Attributes:
        calls: the denominator.
        quantiles: ms by quantile: the upper bound of the bucket it lies in, so that the share of calls took at most that long; None
            where it lies above the last bound.
        buckets: upper bound in ms, None for what took longer, with the number of calls.
    """

    calls: int
    quantiles: Mapping[float, int | None]
    buckets: tuple[tuple[int | None, int], ...]


@dataclass(frozen=True, slots=True)
class UnknownCards:
    """Feedback of cards that are none of this service's.

    Attributes:
        items: how many.
        of: of how many items in all.
    """

    items: int
    of: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, in order; of a reason system, code and one of its displays."""

    issuers: tuple[str, ...]
    units: tuple[str, ...]
    hooks: tuple[str, ...]
    reasons: tuple[tuple[str, str, str], ...] = ()


def outcomes_by(cards: Iterable[CardCount], group: Callable[[CardCount], str]) -> tuple[Outcomes, ...]:
    """What became of cards, by whatever a card tells, in order of the groups' names.

    Args:
        cards: of `read_cards`.
        group: `lambda card: card.rule`, `card.unit`, `week_of(card.day)` …
    """
    sums: dict[str, dict[str | None, int]] = {}
    for card in cards:
        found = sums.setdefault(group(card), {})
        found[card.outcome] = found.get(card.outcome, 0) + card.count
    return tuple(
        Outcomes(name, sum(found.values()), found.get("accepted", 0), found.get("overridden", 0))
        for name, found in sorted(sums.items())
    )


def overrides_by_reason(cards: Iterable[CardCount]) -> tuple[Share, ...]:
    """Overridden cards by system, code and display of the reason, of all overridden cards; the most frequent first.

    One code is one reason, whatever it was called: its display is the most frequent one. All are empty where no reason was told.
    """
    counts: dict[tuple[str, ...], int] = {}
    called: dict[tuple[str, ...], Counter[str]] = {}
    for card in cards:
        if card.outcome == "overridden":
            name = reason_of(card)
            counts[name] = counts.get(name, 0) + card.count
            called.setdefault(name, Counter())[card.reason[2] or ""] += card.count
    shares = _shares(counts, sum(counts.values()))
    return tuple(
        Share(
            (*one.name[:2], min(called[one.name].items(), key=lambda each: (-each[1], each[0]))[0]), one.count, one.of
        )
        for one in shares
    )


def reason_of(card: CardCount) -> tuple[str, str, str]:
    """System, code and, without a code, display: one code is one reason, whatever it was called. All are empty where none was told."""
    system, code, display = (part or "" for part in card.reason)
    return system, code, "" if code else display


def findings(tallies: Sequence[TallyCount]) -> tuple[Share, ...]:
    """Findings by rule and indicator, of all concerned calls."""
    counts = _sums(tallies, "finding", lambda tally: (tally.name, tally.detail))
    return _shares(counts, concerned_calls(tallies))


def silenced(tallies: Sequence[TallyCount]) -> tuple[Share, ...]:
    """Findings that the operator keeps from prescribers, by rule and indicator, of all concerned calls."""
    return _shares(_sums(tallies, "silenced", lambda tally: (tally.name, tally.detail)), concerned_calls(tallies))


def silenced_cards(tallies: Iterable[TallyCount]) -> tuple[int, int]:
    """The cards more that there would be if silent rules spoke, and the calls that would have one more at least."""
    found = list(tallies)
    cards, calls = (
        sum(tally.count for tally in found if tally.kind == kind) for kind in ("silenced_card", "silenced_call")
    )
    return cards, calls


def unknown_readings(tallies: Sequence[TallyCount]) -> tuple[Share, ...]:
    """What could not be read by kind, of all concerned calls."""
    return _shares(_sums(tallies, "unknown", lambda tally: (tally.name,)), concerned_calls(tallies))


def all_calls(tallies: Iterable[TallyCount]) -> int:
    """Calls, whether they concerned the service or not."""
    return sum(tally.count for tally in tallies if tally.kind == "call")


def concerned_calls(tallies: Iterable[TallyCount]) -> int:
    """Calls that concerned the service."""
    return sum(tally.count for tally in tallies if tally.kind == "call" and tally.name == "concerned")


def latency(
    tallies: Sequence[TallyCount], calls: Calls = "concerned", quantiles: Iterable[float] = (0.5, 0.95, 0.99)
) -> Latency:
    """How long calls took that concerned the service, or the others."""
    counts = _sums([one for one in tallies if one.detail == calls], "latency", lambda tally: (tally.name,))
    bounds = (*LATENCY_BUCKETS, None)
    buckets = tuple((bound, counts.get((_SLOWER if bound is None else str(bound),), 0)) for bound in bounds)
    whole = sum(count for _, count in buckets)
    return Latency(whole, {each: _quantile(buckets, each * whole) for each in quantiles} if whole else {}, buckets)


def week_of(day: date) -> str:
    """The ISO week: `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _quantile(buckets: Iterable[tuple[int | None, int]], rank: float) -> int | None:
    """The upper bound of the bucket that holds the call of this rank."""
    so_far = 0
    for bound, count in buckets:
        so_far += count
        if count and so_far >= rank:
            return bound
    return None


def _sums(
    tallies: Iterable[TallyCount], kind: str, name: Callable[[TallyCount], tuple[str, ...]]
) -> dict[tuple[str, ...], int]:
    counts: dict[tuple[str, ...], int] = {}
    for tally in tallies:
        if tally.kind == kind:
            counts[name(tally)] = counts.get(name(tally), 0) + tally.count
    return counts


def _shares(counts: Mapping[tuple[str, ...], int], of: int) -> tuple[Share, ...]:
    return tuple(Share(name, count, of) for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
