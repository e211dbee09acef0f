"""What the address of the dashboard chooses: a period, and which calls, findings and cards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote, unquote

from cds.feedback.figures import Filters
from cds.knowledge import Knowledge
from cds.phrases import Phrase

__all__ = ["DATES", "NOT_TOLD", "PERIODS", "BadChoice", "Chosen", "read_choices", "reason_in", "reason_text"]

PERIODS: Mapping[str, int] = {"7": 7, "30": 30, "90": 90, "365": 365}
"""Days that end with today, by their value in the form."""
DATES = "dates"
"""The period between two days of the form."""
NOT_TOLD = "~"
"""An issuer or unit that is not known; empty is all of them."""

_USUAL = "90"
_LONGEST = 200  # characters
_MOST_PAGES = 100_000
_FIELDS = ("issuer", "unit", "hook", "family", "rule", "indicator", "reason")
_LONGEST_REASON = 8000  # characters of its two parts, quoted
_DIGITS = 12  # of the digest: enough to tell the reasons of a service apart
_NO_DAY = Phrase("This is not a day of the calendar")
_NO_DAYS = Phrase("The period needs its first and its last day")
_BACKWARDS = Phrase("The period ends before it begins")
_NO_PERIOD = Phrase("There is no such period")
_NO_PAGE = Phrase("There is no such page")


class BadChoice(ValueError):
    """The address chooses nothing that can be shown.

    Args:
        field: its name in the address.
        why: what is wrong.
    """

    def __init__(self, field: str, why: Phrase) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is shown; empty texts choose everything.

    Attributes:
        period: key of PERIODS, or DATES.
        since: the first UTC day.
        until: the last one.
        filters: the same as the figures take it.
        today: the UTC day.
        page: of the comments, from 1.
        demo: whether invented figures are shown.
    """

    period: str
    since: date
    until: date
    issuer: str
    unit: str
    hook: str
    family: str
    rule: str
    indicator: str
    reason: str
    filters: Filters
    today: date
    page: int
    demo: bool

    @property
    def query(self) -> dict[str, str]:
        """The parameters that choose the same again, the page of the comments left out."""
        days = {"from": self.since.isoformat(), "to": self.until.isoformat()} if self.period == DATES else {}
        found = {"data": "demo" if self.demo else "", "period": self.period, **days}
        found |= {name: getattr(self, name) for name in _FIELDS}
        return {name: value for name, value in found.items() if value}

    @property
    def told(self) -> dict[str, str]:
        """The filters as a file tells them: a reason in words with its words, which the address has not."""
        found = {name: getattr(self, name) for name in _FIELDS}
        words = self.filters.reason[2] if self.filters.reason is not None else ""
        return found | ({"reason": words} if words else {})

    def among(self, reasons: Iterable[tuple[str, str, str]]) -> Chosen:
        """The same, once a reason in words has been looked up among those that were told."""
        return replace(self, filters=replace(self.filters, reason=reason_in(self.reason, reasons)))

    @property
    def by_reason(self) -> bool:
        """Whether a reason is chosen, which calls and findings do not have, and by which only overridden cards are left."""
        return bool(self.reason)

    @property
    def by_rule(self) -> bool:
        """Whether rules or indicators are chosen, which calls do not have."""
        return bool(self.family or self.rule or self.indicator)


def read_choices(given: Mapping[str, str], knowledge: Knowledge, today: date) -> Chosen:
    """What an address chooses.

    Args:
        given: its parameters.
        knowledge: tells the rules of a family.
        today: the UTC day on which periods end.

    Raises:
        BadChoice: a day is none, or a period is none.
    """
    texts = {
        name: given.get(name, "").replace("\0", "").strip()[: _LONGEST_REASON if name == "reason" else _LONGEST]
        for name in _FIELDS
    }
    period = given.get("period") or (DATES if given.get("from") or given.get("to") else _USUAL)
    since, until = _days(period, given, today)
    return Chosen(
        period=period,
        since=since,
        until=until,
        **texts,
        filters=Filters(
            since=since,
            until=until,
            issuer=_known(texts["issuer"]),
            unit=_known(texts["unit"]),
            hook=texts["hook"] or None,
            rules=_rules(texts["family"], texts["rule"], knowledge),
            indicator=texts["indicator"] or None,
            reason=reason_in(texts["reason"]),
        ),
        today=today,
        page=_page(given.get("page", "")),
        demo=given.get("data") == "demo",
    )


def _days(period: str, given: Mapping[str, str], today: date) -> tuple[date, date]:
    if period in PERIODS:
        return today - timedelta(days=PERIODS[period] - 1), today
    if period != DATES:
        raise BadChoice("period", _NO_PERIOD)
    since, until = (_day(given, name) for name in ("from", "to"))
    if since > until:
        raise BadChoice("to", _BACKWARDS)
    return since, until


def _day(given: Mapping[str, str], name: str) -> date:
    text = given.get(name, "")
    if not text:
        raise BadChoice(name, _NO_DAYS)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadChoice(name, _NO_DAY) from None
    if not _FIRST <= found <= _LAST:
        raise BadChoice(name, _NO_DAY)
    return found


_FIRST, _LAST = date(1970, 1, 1), date(9000, 1, 1)  # milliseconds since 1970 have room for them in any database


def _known(text: str) -> str | None:
    return "" if text == NOT_TOLD else text or None


def reason_text(reason: tuple[str, str, str]) -> str:
    """A reason as the address has it: `system|code`, each part quoted; without a code a digest.

    The words of such a reason are a prescriber's or an EHR's and may name somebody; addresses are kept in histories and logs.
    """
    system, code, display = reason
    if code:
        return "|".join(quote(part, safe=":/ ") for part in (system, code))
    digest = hashlib.sha256(f"{system}\0{display}".encode()).hexdigest()[:_DIGITS]
    return NOT_TOLD + (digest if system or display else "")


def reason_in(text: str, told: Iterable[tuple[str, str, str]] = ()) -> tuple[str, str, str] | None:
    """The reason that an address has; None for all. One in words that is not among those told is one that no card has."""
    if not text:
        return None
    if text == NOT_TOLD:
        return "", "", ""
    system, code = [*map(unquote, text.split("|")), ""][:2]
    if code:
        return system, code, ""
    return next((reason for reason in told if reason_text(reason) == text), ("", "", text))


def _rules(family: str, rule: str, knowledge: Knowledge) -> tuple[str, ...] | None:
    """The rules that are both; None for all. A rule that is no more may still have figures."""
    if not family:
        return (rule,) if rule else None
    return tuple(one.id for one in knowledge.rules if one.family == family and rule in ("", one.id))


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= _MOST_PAGES:
        raise BadChoice("page", _NO_PAGE)
    return int(text[:9])
