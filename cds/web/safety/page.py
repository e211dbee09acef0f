"""The form of the dashboard, and what prescribers wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cds.feedback.figures import Choices
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.web.catalogue.words import FAMILIES, INDICATORS
from cds.web.safety.chosen import DATES, NOT_TOLD, PERIODS, Chosen, reason_text
from cds.web.safety.model import Row
from cds.web.safety.telling import Read, Teller

__all__ = ["COMMENT_HEADER", "CommentLine", "Form", "comment_lines", "comment_rows"]

COMMENT_HEADER: tuple[str, ...] = (
    "received",
    "rule",
    "indicator",
    "hook",
    "unit",
    "issuer",
    "outcome",
    "reason",
    "comment",
)
_OUTCOMES = {"accepted": Phrase("card accepted"), "overridden": Phrase("card overridden")}
"""Of the one card that a comment is about."""
_SECONDS = "%Y-%m-%dT%H:%M:%SZ"

Option = tuple[str, str]
"""Value and words."""


class Form:
    """The filters as a form has them: what there is to choose from, and what is chosen.

    Attributes:
        periods: options.
        fields: name, label, options, and the chosen value of each list.
        active: label and words of what is chosen beside the period.
    """

    def __init__(self, chosen: Chosen, choices: Choices, knowledge: Knowledge, tell: Teller) -> None:
        say = tell.words.phrase
        self.periods: list[Option] = [
            *((key, say(Phrase("the last {days} days", days=days))) for key, days in PERIODS.items()),
            (DATES, say(Phrase("the days below"))),
        ]
        fields = (
            ("unit", Phrase("Unit"), [(unit or NOT_TOLD, tell.names.unit(unit)) for unit in choices.units]),
            ("issuer", Phrase("Caller"), [(one or NOT_TOLD, tell.names.issuer(one)) for one in choices.issuers]),
            ("hook", Phrase("Hook"), [(hook, hook) for hook in choices.hooks]),
            ("family", Phrase("Family"), [(key, say(name)) for key, name in FAMILIES.items()]),
            ("rule", Phrase("Rule"), [(rule, rule) for rule in sorted(rule.id for rule in knowledge.rules)]),
            ("indicator", Phrase("Indicator"), [(key, say(name)) for key, name in INDICATORS.items()]),
            ("reason", Phrase("Reason"), _reasons(choices, chosen, tell)),
        )
        self.fields = [
            (name, say(label), _with(options, getattr(chosen, name), tell), getattr(chosen, name))
            for name, label, options in fields
        ]
        self.active: list[Option] = [
            (label, next(words for key, words in options if key == value)) for _, label, options, value in self.fields if value
        ]  # fmt: skip


def _reasons(choices: Choices, chosen: Chosen, tell: Teller) -> list[Option]:
    """The reasons that were told and the one that is chosen, by their names."""
    found = {reason_text(reason): tell.names.reason(*reason) for reason in choices.reasons}
    one = chosen.filters.reason
    if one is not None:
        found.setdefault(chosen.reason, tell.names.reason(*one))
    return sorted(found.items(), key=lambda option: option[1])


def _with(options: Iterable[Option], value: str, tell: Teller) -> list[Option]:
    """The options with the chosen one among them, so that a form never says other than what is shown."""
    found = list(options)
    if value and value not in {key for key, _ in found}:
        found.append((value, value if value != NOT_TOLD else tell.words.phrase(Phrase("not told"))))
    return found


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment as the page shows it; `text` is a clinician's, `unit` is the EHR's, and so is a `reason` that is none of ours.

    Attributes:
        id: by which it can be deleted; 0 of invented ones.
    """

    id: int
    received: str
    rule: str
    outcome: str
    unit: str
    reason: str
    text: str


def comment_lines(read: Read, tell: Teller) -> tuple[CommentLine, ...]:
    """The comments of a page."""
    return tuple(
        CommentLine(
            id=one.id,
            received=tell.words.phrase(
                Phrase("{day}, {time} UTC", day=one.received.date(), time=f"{one.received:%H:%M}")
            ),
            rule=one.rule,
            outcome=tell.words.phrase(_OUTCOMES[one.outcome]),
            unit=tell.names.unit(one.unit),
            reason=tell.names.reason(*one.reason) if any(one.reason) else "",
            text=tell.words.phrase(one.text) if isinstance(one.text, Phrase) else one.text,
        )
        for one in read.comments.some
    )


def comment_rows(read: Read) -> tuple[Row, ...]:
    """The comments of a file."""
    return tuple(
        (
            *(one.received.strftime(_SECONDS), one.rule, one.indicator, one.hook, one.unit, one.issuer),
            *(one.outcome, one.reason[2] or one.reason[1], one.text),
        )
        for one in read.comments.some
    )
