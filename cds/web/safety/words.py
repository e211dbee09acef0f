"""Words of the dashboard for what is counted under a key."""

from __future__ import annotations

from collections.abc import Mapping

from cds.knowledge import Knowledge
from cds.knowledge.rule_entries import OVERRIDE_SYSTEM, OverrideReason
from cds.language import Catalogue
from cds.phrases import Phrase

__all__ = ["Names"]

_READINGS: Mapping[str, Phrase] = {
    "age": Phrase("age"),
    "dose": Phrase("dose of the order"),
    "weight": Phrase("weight of a child"),
    "renal_function": Phrase("renal function"),
}
"""Kinds of unknown readings that are no topic of the record."""


class Names:
    """What the dashboard calls things, in one language."""

    def __init__(self, knowledge: Knowledge, words: Catalogue) -> None:
        self._words = words
        self._topics = {
            key.removeprefix("topic_"): text for key, text in knowledge.notes.items() if key.startswith("topic_")
        }
        self._reasons = {one.code: one for one in _reasons(knowledge)}
        self.rules = frozenset(rule.id for rule in knowledge.rules)

    def reading(self, kind: str) -> str:
        """A kind of unknown reading; its key where it has no words."""
        if kind in _READINGS:
            return self._words.phrase(_READINGS[kind])
        return self._words.text(self._topics[kind]) if kind in self._topics else kind

    def reason(self, system: str, code: str, display: str) -> str:
        """A reason: our own in the page's language, another as the EHR told it."""
        if system in ("", OVERRIDE_SYSTEM) and code in self._reasons:
            return self._words.text(self._reasons[code].display)
        return display or code or self._words.phrase(Phrase("no reason told"))

    def unit(self, unit: str) -> str:
        """An organisation, as the EHR calls it; an invented one in the page's language."""
        if isinstance(unit, Phrase):
            return self._words.phrase(unit)
        return unit or self._words.phrase(Phrase("unit not told"))

    def issuer(self, issuer: str) -> str:
        """A caller, as the operator calls it."""
        return issuer or self._words.phrase(Phrase("caller not known"))


def _reasons(knowledge: Knowledge) -> list[OverrideReason]:
    return [reason for rule in knowledge.rules for reason in knowledge.override_reasons(rule.id)]
