"""What the service makes of a form, in the words of one language: values that a page only lays out."""

from __future__ import annotations

from dataclasses import dataclass

from cds.playground.form import Typed

__all__ = ["CardShown", "DoseRead", "Examination", "FactRead", "Played", "SuggestionShown", "VerdictShown"]


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    """A suggestion of a card.

    Attributes:
        uuid: as in the answer.
        label: on its button.
        description: what its action says.
        recommended: it is the one the card recommends.
        applies: accepting it changes the form.
        writes: what would be written into the record, JSON; of a deletion the reference of what goes.
    """

    uuid: str
    label: str
    description: str
    recommended: bool
    applies: bool
    writes: str


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card as an EHR shows it.

    Attributes:
        indicator: `info`, `warning` or `critical`.
        summary: its one line.
        detail: markdown; texts of the record in it are escaped.
        source: label of its source.
        rule: id of the rule that leads it.
        suggestions: what it offers.
        one_at_most: of the suggestions only one can be chosen.
        overrides: reasons to pass over it.
        forms: labels of the links to the registry's forms, which lead nowhere here.
    """

    indicator: str
    summary: str
    detail: str
    source: str
    rule: str
    suggestions: tuple[SuggestionShown, ...]
    one_at_most: bool
    overrides: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoseRead:
    """A baclofen order as the service read it.

    Attributes:
        place: whether it is being ordered or on file.
        line: the order in one line.
        figures: what was read of it: name and words.
        problems: what could not be read, or contradicts itself.
    """

    place: str
    line: str
    figures: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactRead:
    """One reading of the chart.

    Attributes:
        label: what it is.
        value: what was read, in words; why it is unknown, where it is.
        known: whether it is.
    """

    label: str
    value: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class VerdictShown:
    """What one rule says.

    Attributes:
        rule: its id.
        title: its title.
        family: its family.
        said: the finding's summary, or why it is silent.
        indicator: of a finding; empty where the rule is silent.
        figures: the figures of a finding under the names of the contract.
        held_back: a finding that this hook does not show.
        asked: whether the rule speaks at this hook and of these orders at all.
    """

    rule: str
    title: str
    family: str
    said: str
    indicator: str
    figures: tuple[tuple[str, str], ...] = ()
    held_back: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Examination:
    """All of it.

    Attributes:
        concerned: whether the call concerned the service.
        request, response: JSON with indents, the hook call and its answer.
        body: the request in one line.
        service: id of the service that was called.
        cards, doses, facts, verdicts: see there.
    """

    concerned: bool
    request: str
    response: str
    body: str
    service: str
    cards: tuple[CardShown, ...]
    doses: tuple[DoseRead, ...]
    facts: tuple[FactRead, ...]
    verdicts: tuple[VerdictShown, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A form that was played.

    Attributes:
        typed: all fields of the form: what was typed, else what was taken for it; after an accepted suggestion those of the changed form.
        errors: what is wrong with single fields, each with its sentence; such a field counts as left empty.
        examination: what the service makes of it; None where it refuses the call.
        accepted: the label of the suggestion that changed the form.
    """

    typed: Typed
    errors: tuple[tuple[str, str], ...]
    examination: Examination | None
    accepted: str = ""
