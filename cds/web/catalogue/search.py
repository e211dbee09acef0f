"""What is asked of the catalogue: words and filters.

Words are compared without case and accents, in the language of the page. A rule is found where all of them stand somewhere in what is said of it:
id, title, what fires it, card texts, sources.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cds.knowledge import Knowledge, RuleEntry
from cds.knowledge.rule_entries import Family, IndicatorCode
from cds.language import Catalogue, Language, catalogue
from cds.web.catalogue.words import FAMILIES, INDICATORS, PLACES, filled

__all__ = ["EVERYTHING", "Index", "Search", "UnknownFilter", "folded"]

_LONGEST = 200  # characters
_KEPT = 64  # languages and days
_SAME = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "µ": "u", "μ": "u", "‑": "-", "–": "-"})
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "family": tuple(FAMILIES),
    "jurisdiction": tuple(PLACES),
    "indicator": tuple(INDICATORS),
}


class UnknownFilter(Exception):
    """A filter with a value that there is not.

    Attributes:
        name: of the filter.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for.

    Attributes:
        q: words that all have to stand in what is said of a rule.
        family: only rules of this family.
        jurisdiction: only rules that can fire there on the day.
        indicator: only rules whose cards may bear it.
    """

    q: str = ""
    family: Family | None = None
    jurisdiction: str | None = None
    indicator: IndicatorCode | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Search:
        """The search that the parameters of an address ask for; empty ones count as not given.

        Raises:
            UnknownFilter: a filter has a value that there is not.
        """
        chosen = {name: parameters.get(name, "").strip() for name in _CHOICES}
        for name, value in chosen.items():
            if value and value not in _CHOICES[name]:
                raise UnknownFilter(name)
        q = " ".join(parameters.get("q", "")[:_LONGEST].split())
        return cls(
            q,
            next((family for family in FAMILIES if family == chosen["family"]), None),
            chosen["jurisdiction"] or None,
            next((code for code in INDICATORS if code == chosen["indicator"]), None),
        )

    def as_query(self) -> dict[str, str]:
        """The parameters of the address that ask for it."""
        asked = {"q": self.q, "family": self.family, "jurisdiction": self.jurisdiction, "indicator": self.indicator}
        return {name: value for name, value in asked.items() if value}


EVERYTHING = Search()


class Index:
    """Everything that is said of the rules, folded once a language; only what fires them depends on the day.

    Args:
        knowledge: what is said.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._same = functools.cache(self._said)
        self._of_the_day = functools.lru_cache(_KEPT)(self._fires)

    def found(self, search: Search, on: date, words: Catalogue) -> tuple[RuleEntry, ...]:
        """The rules that a search finds, in the order of the contract."""
        asked = folded(search.q).split()
        same = self._same(words.language) if asked else {}
        fires = self._of_the_day(on, words.language) if asked else {}
        return tuple(
            rule
            for rule in self._knowledge.rules
            if (search.family is None or rule.family == search.family)
            and (search.indicator is None or search.indicator in rule.indicators)
            and (search.jurisdiction is None or self._can_fire(rule, search.jurisdiction, on))
            and all(word in same[rule.id] or word in fires[rule.id] for word in asked)
        )

    def _can_fire(self, rule: RuleEntry, jurisdiction: str, on: date) -> bool:
        return self._knowledge.in_force(rule, on) and (not rule.jurisdictions or jurisdiction in rule.jurisdictions)

    def _said(self, language: Language) -> Mapping[str, str]:
        text = catalogue(language).text
        said = {}
        for rule in self._knowledge.rules:
            sources = [self._knowledge.reference(key) for key in rule.references]
            parts = [
                rule.id,
                text(rule.title),
                text(rule.check),
                *(part for card in rule.texts.values() for part in (text(card.summary), text(card.detail))),
                *(part for source in sources for part in (text(source.label), source.title)),
            ]
            said[rule.id] = folded("\n".join(parts))
        return said

    def _fires(self, on: date, language: Language) -> Mapping[str, str]:
        words = catalogue(language)
        return {
            rule.id: folded("\n".join(filled(words.text(each), self._knowledge, on, words) for each in rule.fires))
            for rule in self._knowledge.rules
        }


def folded(text: str) -> str:
    """A text without case, accents and typography."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SAME))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
