"""The figures of the dashboard, section by section: what is counted, of what, in words and in numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cds.feedback.figures import (
    SMALLEST_DENOMINATOR,
    Outcomes,
    Share,
    concerned_calls,
    findings,
    outcomes_by,
    overrides_by_reason,
    silenced,
    silenced_cards,
    unknown_readings,
    week_of,
)
from cds.phrases import Phrase
from cds.web.catalogue.words import INDICATORS
from cds.web.safety.model import OUTCOME_HEADER, Section, Series, file_percent, outcome_row, percent
from cds.web.safety.telling import Read, Teller
from cds.web.safety.trends import reasons_by_week, rules_by_week, units_by_week, weeks_of

__all__ = ["SECTIONS"]

_RULE = Phrase("Rule")
_CARDS = Phrase("cards")
_OF_CARDS = Phrase("share of the cards shown")
_ACCEPTED, _OVERRIDDEN, _UNANSWERED = "good", "plot-2", "plot-6"


def by_finding(read: Read, tell: Teller) -> Section:
    """Findings by rule and indicator."""
    note = Phrase(
        "How often each rule fired in the {calls} calls that concerned the service. One call can have several findings, and a card can hold several.",
        calls=concerned_calls(read.tallies),
    )
    return _findings(
        read,
        tell,
        findings(read.tallies),
        key="findings",
        title=Phrase("Findings by rule and indicator"),
        notes=(note,),
    )


def by_silence(read: Read, tell: Teller) -> Section:
    """Findings that the operator keeps from prescribers, and the cards there would be."""
    note = Phrase(
        "What silent rules found in the {calls} calls that concerned the service, and no prescriber saw. Which rules are silent for whom, since when and why stands on the page of each rule.",
        calls=concerned_calls(read.tallies),
    )
    cards, calls = silenced_cards(read.tallies)
    burden = Phrase(
        "If they spoke, there would be {cards} cards more, in {of} of these calls: findings of one cause share a card.",
        cards=cards,
        of=calls,
    )
    return _findings(
        read,
        tell,
        silenced(read.tallies),
        key="silenced",
        title=Phrase("Findings of silent rules"),
        notes=(note, burden),
    )


def _findings(
    read: Read, tell: Teller, found: Sequence[Share], *, key: str, title: Phrase, notes: tuple[Phrase, ...]
) -> Section:
    calls = concerned_calls(read.tallies)
    counts = {one.name: one.count for one in found}
    whole: dict[str, int] = {}
    for one in found:
        whole[one.name[0]] = whole.get(one.name[0], 0) + one.count
    rules = sorted(whole, key=lambda rule: (-whole[rule], rule))
    columns = []
    for indicator, name in INDICATORS.items():
        values = tuple(counts.get((rule, indicator), 0) for rule in rules)
        columns.append(Series(tell.words.phrase(name), tell.said.numbers(values), values, indicator))
    rates = tuple(tell.said.per_hundred(whole[rule], calls) for rule in rules)
    return Section(
        key=key,
        title=tell.words.phrase(title),
        notes=tell.notes(read, *notes, *tell.of_calls(read)),
        kind="stacked-ranking",
        axis=tell.words.phrase(Phrase("findings")),
        label=tell.words.phrase(_RULE),
        labels=tuple(rules),
        series=(*columns, Series(tell.words.phrase(Phrase("per 100 of these calls")), rates)),
        header=("rule", "indicator", "findings", "concerned_calls", "per_100_concerned_calls"),
        rows=tuple((*one.name, one.count, one.of, file_percent(one.count, one.of)) for one in found),
        links=True,
    )


def by_rule(read: Read, tell: Teller) -> Section:
    """What became of cards, by the rule that leads them."""
    found = sorted(outcomes_by(read.cards, lambda card: card.rule), key=lambda one: (-one.shown, one.name))
    note = Phrase(
        "What prescribers did with the cards of each rule; a card counts for the rule that leads it. The denominator is the cards shown."
    )
    return _outcomes(read, tell, found, key="rules", title=Phrase("Acceptance and override by rule"), note=note, label=_RULE, links=True)  # fmt: skip


def by_unit(read: Read, tell: Teller) -> Section:
    """What became of cards, by unit."""
    found = sorted(outcomes_by(read.cards, lambda card: card.unit), key=lambda one: (-one.shown, one.name))
    note = Phrase(
        "What prescribers did with cards, by the organisation that answers for the encounter, as the EHR calls it. The denominator is the cards shown in the unit."
    )
    return _outcomes(read, tell, found, key="units", title=Phrase("Acceptance and override by unit"), note=note, label=Phrase("Unit"))  # fmt: skip


def _outcomes(
    read: Read,
    tell: Teller,
    found: Sequence[Outcomes],
    *,
    key: str,
    title: Phrase,
    note: Phrase,
    label: Phrase,
    links: bool = False,
) -> Section:
    shown = [one.shown for one in found]
    columns = [Series(tell.words.phrase(Phrase("cards shown")), tell.said.numbers(shown))]
    for name, values, colour in (
        (Phrase("accepted"), tuple(one.accepted for one in found), _ACCEPTED),
        (Phrase("overridden"), tuple(one.overridden for one in found), _OVERRIDDEN),
        (Phrase("no answer"), tuple(one.unanswered for one in found), _UNANSWERED),
    ):
        columns.append(Series(tell.words.phrase(name), tell.said.parts(values, shown), values, colour))
    names = {"units": tell.names.unit}.get(key, str)
    return Section(
        key=key,
        title=tell.words.phrase(title),
        notes=tell.notes(read, note),
        kind="stacked-ranking",
        axis=tell.words.phrase(_CARDS),
        label=tell.words.phrase(label),
        labels=tuple(names(one.name) for one in found),
        series=tuple(columns),
        header=(key.removesuffix("s"), *OUTCOME_HEADER),
        rows=tuple((one.name, *outcome_row(one)) for one in found),
        links=links,
    )


def most_overridden(read: Read, tell: Teller) -> Section:
    """Rules by the share of their cards that was overridden, where there are enough of them."""
    every = outcomes_by(read.cards, lambda card: card.rule)
    enough = [one for one in every if one.shown >= SMALLEST_DENOMINATOR]
    found = sorted(enough, key=lambda one: (-one.overridden / one.shown, -one.shown, one.name))
    return Section(
        key="overridden",
        title=tell.words.phrase(Phrase("Rules that are overridden most")),
        notes=tell.notes(
            read,
            Phrase("Overridden cards of all cards shown of a rule, in percent, for rules with at least {least} cards; rules with fewer, which are not listed: {fewer}.", least=SMALLEST_DENOMINATOR, fewer=len(every) - len(enough)),
            Phrase("A rule at the top may speak where it need not, or be right and unwelcome: its reasons and comments tell more."),
        ),
        kind="ranking",
        axis=tell.words.phrase(_OF_CARDS),
        unit="%",
        label=tell.words.phrase(_RULE),
        labels=tuple(one.name for one in found),
        series=(
            Series(
                tell.words.phrase(Phrase("overridden")),
                tell.said.parts([one.overridden for one in found], [one.shown for one in found]),
                tuple(percent(one.overridden, one.shown) for one in found),
                _OVERRIDDEN,
            ),
        ),
        header=("rule", "overridden", "cards", "overridden_percent"),
        rows=tuple((one.name, one.overridden, one.shown, file_percent(one.overridden, one.shown)) for one in found),
        links=True,
    )  # fmt: skip


def by_reason(read: Read, tell: Teller) -> Section:
    """Overridden cards by what was told as the reason."""
    found = overrides_by_reason(read.cards)
    whole = found[0].of if found else 0
    names = [tell.names.reason(*one.name) for one in found]
    return _shares(
        read,
        tell,
        found,
        key="reasons",
        title=Phrase("Reasons for overriding"),
        note=Phrase("The reason told with each of the {whole} overridden cards.", whole=whole),
        label=Phrase("Reason"),
        column=Phrase("overridden cards"),
        names=names,
        header=("reason_system", "reason_code", "reason_display", "overridden", "all_overridden", "percent"),
    )


def by_reading(read: Read, tell: Teller) -> Section:
    """What could not be read."""
    found = unknown_readings(read.tallies)
    calls = concerned_calls(read.tallies)
    return _shares(
        read,
        tell,
        found,
        key="unknown",
        title=Phrase("What could not be read"),
        note=Phrase("Calls in which a reading was missing, was cut off or could not be read, of the {calls} calls that concerned the service. What stands at the top is worth mending at its source.", calls=calls),
        label=Phrase("Reading"),
        column=Phrase("calls"),
        names=[tell.names.reading(one.name[0]) for one in found],
        header=("reading", "calls", "concerned_calls", "percent"),
    )  # fmt: skip


def _shares(
    read: Read,
    tell: Teller,
    found: Sequence[Share],
    *,
    key: str,
    title: Phrase,
    note: Phrase,
    label: Phrase,
    column: Phrase,
    names: Sequence[str],
    header: tuple[str, ...],
) -> Section:
    counts = tuple(one.count for one in found)
    return Section(
        key=key,
        title=tell.words.phrase(title),
        notes=tell.notes(read, note, *(tell.of_calls(read) if key == "unknown" else ())),
        kind="ranking",
        axis=tell.words.phrase(column),
        label=tell.words.phrase(label),
        labels=tuple(names),
        series=(Series(tell.words.phrase(column), tell.said.parts(counts, [one.of for one in found]), counts),),
        header=header,
        rows=tuple((*one.name, one.count, one.of, file_percent(one.count, one.of)) for one in found),
    )


def by_week(read: Read, tell: Teller) -> Section:
    """What became of cards, week by week, and how many there were."""
    found = {one.name: one for one in outcomes_by(read.cards, lambda card: week_of(card.day))}
    calls: dict[str, int] = {}
    for tally in read.tallies:
        if tally.kind == "call" and tally.name == "concerned":
            calls[week_of(tally.day)] = calls.get(week_of(tally.day), 0) + tally.count
    weeks = weeks_of(read, {*found, *calls})
    each = [found.get(week, Outcomes(week, 0, 0, 0)) for week in weeks]
    of = [calls.get(week, 0) for week in weeks]
    shown = [one.shown for one in each]
    columns = []
    for name, counts, colour in (
        (Phrase("accepted"), [one.accepted for one in each], _ACCEPTED),
        (Phrase("overridden"), [one.overridden for one in each], _OVERRIDDEN),
    ):
        shares = tuple(percent(count, whole) for count, whole in zip(counts, shown, strict=True))
        columns.append(Series(tell.words.phrase(name), tell.said.parts(counts, shown), shares, colour))
    rates = tuple(tell.said.per_hundred(count, whole) for count, whole in zip(shown, of, strict=True))
    columns += [
        Series(tell.words.phrase(Phrase("cards shown")), tell.said.numbers(shown)),
        Series(tell.words.phrase(Phrase("calls that concerned the service")), tell.said.numbers(of)),
        Series(tell.words.phrase(Phrase("cards per 100 of these calls")), rates),
    ]
    return Section(
        key="weeks",
        title=tell.words.phrase(Phrase("Acceptance and override over time")),
        notes=tell.notes(
            read,
            Phrase("Accepted and overridden cards of all cards shown in a week, in percent, by ISO weeks. The first and the last week may be in part; of the last cards some answers are still to come."),
            *tell.of_calls(read),
        ),
        kind="line",
        axis=tell.words.phrase(_OF_CARDS),
        unit="%",
        label=tell.words.phrase(Phrase("Week")),
        labels=tuple(weeks),
        series=tuple(columns),
        header=("week", *OUTCOME_HEADER, "concerned_calls", "cards_per_100_concerned_calls"),
        rows=tuple((one.name, *outcome_row(one), whole, file_percent(one.shown, whole)) for one, whole in zip(each, of, strict=True)),
    )  # fmt: skip


SECTIONS: Mapping[str, Callable[[Read, Teller], Section]] = MappingProxyType(
    {
        "findings": by_finding,
        "silenced": by_silence,
        "rules": by_rule,
        "overridden": most_overridden,
        "reasons": by_reason,
        "units": by_unit,
        "weeks": by_week,
        "weeks-reasons": reasons_by_week,
        "weeks-rules": rules_by_week,
        "weeks-units": units_by_week,
        "unknown": by_reading,
    }
)
"""The sections that are a plot each, in order."""
