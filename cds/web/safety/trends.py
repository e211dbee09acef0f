"""What became of cards over time, week by week: by reason, by rule, by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from cds.feedback.figures import CardCount, Outcomes, outcomes_by, overrides_by_reason, reason_of, week_of
from cds.phrases import Phrase
from cds.web.safety.model import OUTCOME_HEADER, Section, Series, file_percent, outcome_row, percent
from cds.web.safety.telling import Read, Teller

__all__ = ["reasons_by_week", "rules_by_week", "units_by_week", "weeks_of"]

_MOST = 5
"""Reasons, rules or units that have a column of their own."""
_WEEK = Phrase("Week")


def reasons_by_week(read: Read, tell: Teller) -> Section:
    """Overridden cards by what was told as the reason, week by week."""
    found = overrides_by_reason(read.cards)
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    whole: Counter[str] = Counter()
    for card in read.cards:
        if card.outcome == "overridden":
            counts.setdefault(reason_of(card), Counter())[week_of(card.day)] += card.count
            whole[week_of(card.day)] += card.count
    weeks = weeks_of(read, set(whole))
    of = [whole[week] for week in weeks]
    keys = [(one.name[0], one.name[1], "" if one.name[1] else one.name[2]) for one in found]
    columns = [
        (tell.names.reason(*one.name), [counts[key][week] for week in weeks])
        for one, key in zip(found[:_MOST], keys, strict=False)
    ]
    if len(found) > _MOST:
        rest = [sum(counts[key][week] for key in keys[_MOST:]) for week in weeks]
        columns.append((tell.words.phrase(Phrase("other reasons")), rest))
    return Section(
        key="weeks-reasons",
        title=tell.words.phrase(Phrase("Reasons for overriding over time")),
        notes=tell.notes(
            read,
            Phrase("Overridden cards by the reason told, by ISO weeks in which the cards were shown. The denominator is the overridden cards of the week. The most frequent reasons have a column; the file has them all."),
        ),
        kind="stacked",
        axis=tell.words.phrase(Phrase("overridden cards")),
        label=tell.words.phrase(_WEEK),
        labels=tuple(weeks),
        series=tuple(Series(name, tell.said.parts(each, of), tuple(each)) for name, each in columns),
        header=("week", "reason_system", "reason_code", "reason_display", "overridden", "all_overridden", "percent"),
        rows=tuple(
            (week, *one.name, count, all_of, file_percent(count, all_of))
            for week, all_of in zip(weeks, of, strict=True)
            for one, key in zip(found, keys, strict=True)
            if (count := counts[key][week])
        ),
    )  # fmt: skip


def rules_by_week(read: Read, tell: Teller) -> Section:
    """What became of the cards of each rule, week by week."""
    return _groups(
        read,
        tell,
        lambda card: card.rule,
        str,
        key="weeks-rules",
        title=Phrase("Override by rule over time"),
        note=Phrase("Overridden cards of all cards shown of a rule in a week, in percent, by ISO weeks. The rules with most cards have a column; the file has them all, with accepted cards."),
    )  # fmt: skip


def units_by_week(read: Read, tell: Teller) -> Section:
    """What became of the cards of each unit, week by week."""
    return _groups(
        read,
        tell,
        lambda card: card.unit,
        tell.names.unit,
        key="weeks-units",
        title=Phrase("Override by unit over time"),
        note=Phrase("Overridden cards of all cards shown in a unit in a week, in percent, by ISO weeks. The units with most cards have a column; the file has them all, with accepted cards."),
    )  # fmt: skip


def _groups(
    read: Read,
    tell: Teller,
    group: Callable[[CardCount], str],
    named: Callable[[str], str],
    *,
    key: str,
    title: Phrase,
    note: Phrase,
) -> Section:
    whole = sorted(outcomes_by(read.cards, group), key=lambda one: (-one.shown, one.name))
    weeks = weeks_of(read, {week_of(card.day) for card in read.cards})
    found: dict[str, dict[str, Outcomes]] = {}
    for one in whole:
        cards = [card for card in read.cards if group(card) == one.name]
        found[one.name] = {each.name: each for each in outcomes_by(cards, lambda card: week_of(card.day))}
    columns = []
    for name in list(found)[:_MOST]:
        each = [found[name].get(week, Outcomes(week, 0, 0, 0)) for week in weeks]
        overridden, shown = [one.overridden for one in each], [one.shown for one in each]
        shares = tuple(percent(count, of) for count, of in zip(overridden, shown, strict=True))
        columns.append(Series(named(name), tell.said.parts(overridden, shown), shares))
    return Section(
        key=key,
        title=tell.words.phrase(title),
        notes=tell.notes(read, note),
        kind="line",
        axis=tell.words.phrase(Phrase("share of the cards shown")),
        unit="%",
        label=tell.words.phrase(_WEEK),
        labels=tuple(weeks),
        series=tuple(columns),
        header=("week", key.removeprefix("weeks-").removesuffix("s"), *OUTCOME_HEADER),
        rows=tuple(
            (week, name, *outcome_row(by_week[week])) for week in weeks for name, by_week in found.items() if week in by_week
        ),
    )  # fmt: skip


def weeks_of(read: Read, found: set[str]) -> list[str]:
    """From the first week of which there is something to the end of the period or today, none left out."""
    if not found:
        return []
    first = date.fromisoformat(f"{min(found)}-1")
    days = (min(read.chosen.until, read.chosen.today) - first).days
    return [week_of(first + timedelta(days=back)) for back in range(0, days + 1, 7)]
