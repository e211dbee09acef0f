"""Value sets: which codes, and which words where there is no code, mean a condition, a drug, a measurement.

A set's words are compared with a text that has lost its accents, capitals and punctuation. `*` stands for the rest of a
word: `spasti*` finds "Spasticité", "multiple sclerosis" only the two words; `=depression` is that and nothing else. A negated mention ("no seizures", "family history
of epilepsy", "toxicity ruled out") is no mention.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cds.knowledge._systems import CodeSystems
from cds.knowledge.model import Confidence

Kind = Literal["condition", "drug", "allergy", "procedure", "observation", "device"]

_NEGATIONS = (
    r"no|not|without|denies|denied|negative for|never had|absence of|rule out|ruled out|exclude[sd]?|r o|"
    r"family history of|fh of|risk of|at risk for|screening for|prophylaxis (?:of|for|against)|prevention of|"
    r"pas d|pas de|sans|aucune?|absence d|absence de|antecedents? familia(?:l|ux) d|antecedents? familia(?:l|ux) de|"
    r"risque d|risque de|depistage d|depistage de|prevention d|prevention de"
)
_MAX_CACHED, _MAX_CACHED_CODE = 8192, 200  # codes of the EHR: kept in memory only
_DENIALS = r"ruled out|excluded|exclu|exclue|exclus|exclues|ecartee?s?|eliminee?s?|not confirmed|non confirmee?s?"
_REST_OF_WORD = "xxrestxx"
_NEGATED = re.compile(rf"(?:^|\s)(?:{_NEGATIONS})(?:\s(?:known|any|evidence of|history of|signs? of|signes? de))?\s$")

_DENIED = re.compile(
    r"\s?(?:(?:to|from|with|of|by|au|aux|a|de|d|du|par)\s\w+\s)?"
    rf"(?:(?:is|are|was|were|has been|have been|est|sont|a ete|ont ete)\s)?(?:{_DENIALS})(?!\w)"
)
"""What follows a mention at once, but for the drug it is put down to, and takes it back."""


@dataclass(frozen=True, slots=True)
class Code:
    """A member of a value set.

    Attributes:
        system: short name of the code system.
        code: the code, as published.
        display: what it stands for.
        prefix: the code's children belong to the set, too.
        origin: id of the reference it was taken from.
        confidence: how far code and meaning were checked.
    """

    system: str
    code: str
    display: str
    prefix: bool
    origin: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Codes and words of one meaning.

    Attributes:
        name: its key.
        title: the meaning in words.
        kind: what sort of record it is looked for in.
        codes: its members.
        words: word patterns for records that carry text only.
    """

    name: str
    title: str
    kind: Kind
    codes: tuple[Code, ...]
    words: tuple[str, ...]
    _systems: CodeSystems = field(repr=False, compare=False)
    _exact: frozenset[tuple[str, str]] = field(repr=False, compare=False)
    _prefixes: tuple[tuple[str, str], ...] = field(repr=False, compare=False)
    _pattern: re.Pattern[str] | None = field(repr=False, compare=False)

    @classmethod
    def of(
        cls, name: str, title: str, *, kind: Kind, codes: tuple[Code, ...], words: tuple[str, ...], systems: CodeSystems
    ) -> ValueSet:
        """A set with its look-up tables."""
        keys = [(member.prefix, (member.system, systems.code(member.system, member.code))) for member in codes]
        return cls(
            name,
            title,
            kind,
            codes,
            words,
            systems,
            frozenset(key for _, key in keys),
            tuple(key for prefix, key in keys if prefix),
            word_pattern(words),
        )

    def contains(self, system: str, code: str) -> bool:
        """Whether the set holds that code, by itself or below a prefix."""
        name = self._systems.name(system)
        if name is None:
            return False
        wanted = self._systems.code(name, code)
        return (name, wanted) in self._exact or any(
            name == known and wanted.startswith(start) for known, start in self._prefixes
        )

    def matches(self, text: str) -> bool:
        """Whether a text mentions it, in English or French, and does not deny it."""
        return self._pattern is not None and mentions(self._pattern, plain_text(text))


@dataclass(frozen=True, slots=True)
class ValueSetIndex:
    """From a code to the names of all sets that hold it."""

    systems: CodeSystems
    exact: Mapping[tuple[str, str], frozenset[str]]
    prefixes: Mapping[tuple[str, str], frozenset[str]]
    _sets_of: Callable[[str, str], frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sets_of", functools.lru_cache(maxsize=_MAX_CACHED)(self._look_up))

    @classmethod
    def of(cls, sets: Iterable[ValueSet], systems: CodeSystems) -> ValueSetIndex:
        """The index of some sets."""
        exact: dict[tuple[str, str], set[str]] = {}
        prefixes: dict[tuple[str, str], set[str]] = {}
        for value_set in sets:
            for member in value_set.codes:
                key = (member.system, systems.code(member.system, member.code))
                (prefixes if member.prefix else exact).setdefault(key, set()).add(value_set.name)
        return cls(
            systems,
            {key: frozenset(names) for key, names in exact.items()},
            {key: frozenset(names) for key, names in prefixes.items()},
        )

    def sets_of(self, system: str, code: str) -> frozenset[str]:
        """Names of the sets with that code; a handful of dictionary look-ups, kept."""
        short = len(system) + len(code) <= _MAX_CACHED_CODE
        return self._sets_of(system, code) if short else self._look_up(system, code)

    def _look_up(self, system: str, code: str) -> frozenset[str]:
        name = self.systems.name(system)
        if name is None:
            return frozenset()
        wanted = self.systems.code(name, code)
        found = self.exact.get((name, wanted), frozenset())
        for length in range(1, min(len(wanted), 12) + 1):
            found |= self.prefixes.get((name, wanted[:length]), frozenset())
        return found


def plain_text(text: str) -> str:
    """A text without accents, capitals and punctuation, its words a blank apart."""
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"[^\W_]+", letters))


def word_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for all word patterns of a set, over `plain_text`; None for none."""
    alternatives = [_alternative(pattern) for pattern in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)") if alternatives else None


def mentions(pattern: re.Pattern[str], plain: str) -> bool:
    """Whether a plain text holds the pattern at least once without a negation before it or a denial after it."""
    return any(
        not _NEGATED.search(plain[max(0, found.start() - 60) : found.start()]) and not _DENIED.match(plain, found.end())
        for found in pattern.finditer(plain)
    )


def _alternative(pattern: str) -> str:
    words = plain_text(pattern.replace("*", _REST_OF_WORD)).split()
    expression = r"\s".join(re.escape(word).replace(_REST_OF_WORD, r"\w*") for word in words)
    return rf"\A{expression}\Z" if pattern.startswith("=") else expression
