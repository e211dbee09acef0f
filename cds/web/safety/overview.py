"""The first figures of the dashboard, and how long calls took."""

from __future__ import annotations

from dataclasses import dataclass

from cds.feedback.figures import Calls, Latency, all_calls, concerned_calls, latency
from cds.phrases import Phrase
from cds.web.safety.model import Row, Section, Series, Tile, file_percent, percent
from cds.web.safety.telling import Read, Teller

__all__ = ["OVERVIEW_HEADER", "LatencyPart", "latencies", "tiles"]

OVERVIEW_HEADER: tuple[str, ...] = ("figure", "count", "of", "of_what", "percent")
_QUANTILES = {0.5: ("median", Phrase("median")), 0.95: ("p95", Phrase("95 %")), 0.99: ("p99", Phrase("99 %"))}
_CALLS: dict[Calls, Phrase] = {
    "concerned": Phrase("calls that concerned the service"),
    "other": Phrase("other calls"),
}


def tiles(read: Read, tell: Teller) -> tuple[Tile, ...]:
    """Calls, cards and what became of them."""
    calls, concerned = all_calls(read.tallies), concerned_calls(read.tallies)
    cards = sum(card.count for card in read.cards)
    accepted, overridden = (
        sum(card.count for card in read.cards if card.outcome == outcome) for outcome in ("accepted", "overridden")
    )
    foreign = read.unknown_cards

    def tile(key: str, name: Phrase, count: int, of: tuple[int, str, Phrase] | None = None) -> Tile:
        figure = tell.words.number(count)
        if of is None:
            return Tile(key, tell.words.phrase(name), figure, "", (key, count, "", "", ""))
        whole, what, in_words = of
        said = tell.words.phrase(Phrase("{part} {whole}", part=tell.said.part(count, whole), whole=in_words))
        return Tile(key, tell.words.phrase(name), figure, said, (key, count, whole, what, file_percent(count, whole)))

    of_cards = (cards, "cards", Phrase("cards shown"))
    rate = tell.words.phrase(
        Phrase("in {calls} calls that concerned the service", calls=concerned)
        if percent(cards, concerned) is None
        else Phrase("{part} of the {calls} calls that concerned the service", part=tell.said.per_hundred(cards, concerned), calls=concerned)
    )  # fmt: skip
    return (
        tile("calls", Phrase("calls"), calls),
        tile("concerned_calls", Phrase("calls that concerned the service"), concerned, (calls, "calls", Phrase("calls"))),
        Tile("cards", tell.words.phrase(Phrase("cards shown")), tell.words.number(cards), rate, ("cards", cards, concerned, "concerned_calls", file_percent(cards, concerned))),
        tile("accepted", Phrase("accepted"), accepted, of_cards),
        tile("overridden", Phrase("overridden"), overridden, of_cards),
        tile("no_answer", Phrase("no answer"), cards - accepted - overridden, of_cards),
        tile("unknown_cards", Phrase("answers about unknown cards"), foreign.items, (foreign.of, "feedback_items", Phrase("answers told"))),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LatencyPart:
    """How long calls took.

    Attributes:
        section: the buckets, to be drawn, and all of it as rows.
        quantiles: name of each.
        lines: for calls that concerned the service and for others: what they are, how many, and the words of each quantile.
    """

    section: Section
    quantiles: tuple[str, ...]
    lines: tuple[tuple[str, str, tuple[str, ...]], ...]


def latencies(read: Read, tell: Teller) -> LatencyPart:
    """How long calls took: from the first byte of the request to the answer."""
    found = {calls: latency(read.tallies, calls, tuple(_QUANTILES)) for calls in _CALLS}
    bounds = [bound for bound, _ in found["concerned"].buckets]
    columns = []
    for calls, name in _CALLS.items():
        counts = tuple(count for _, count in found[calls].buckets)
        said = tell.said.parts(counts, [found[calls].calls] * len(counts))
        columns.append(Series(tell.words.phrase(name), said, counts))
    none = not any(one.calls for one in found.values())
    section = Section(
        key="latency",
        title=tell.words.phrase(Phrase("How long calls took")),
        notes=tell.notes(
            read,
            Phrase("From the first byte of a call to its answer, counted in steps. A figure is the upper bound of its step: so much or less. The denominators are the calls."),
            *tell.of_calls(read),
        ),
        kind="bar",
        axis=tell.words.phrase(Phrase("calls")),
        label=tell.words.phrase(Phrase("At most")),
        labels=() if none else tuple(_bound(bound, bounds, tell) for bound in bounds),
        series=tuple(columns),
        header=("calls", "measure", "at_most_ms", "count", "of", "percent"),
        rows=tuple(row for calls, one in found.items() for row in _rows(calls, one)),
    )  # fmt: skip
    lines = tuple(
        (
            tell.words.phrase(name),
            tell.words.number(found[calls].calls),
            tuple(_bound(found[calls].quantiles[each], bounds, tell) for each in _QUANTILES),
        )
        for calls, name in _CALLS.items()
        if found[calls].calls
    )
    return LatencyPart(section, tuple(tell.words.phrase(name) for _, name in _QUANTILES.values()), lines)


def _bound(bound: int | None, bounds: list[int | None], tell: Teller) -> str:
    if bound is None:
        last = max(one for one in bounds if one is not None)
        return tell.words.phrase(Phrase("over {last}", last=tell.words.measure(last, "ms")))
    return tell.words.measure(bound, "ms")


def _rows(calls: str, found: Latency) -> tuple[Row, ...]:
    quantiles = ((calls, _QUANTILES[each][0], bound, "", found.calls, "") for each, bound in found.quantiles.items())
    buckets = (
        (calls, "step", bound, count, found.calls, file_percent(count, found.calls)) for bound, count in found.buckets
    )
    return (*quantiles, *buckets)
