"""One language: its texts, and how it writes figures, units, dates and lists."""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cds.language.languages import Language
from cds.language.templates import segments
from cds.language.units import DIMENSIONLESS, PERCENT, UNITS, Counted
from cds.phrases import Phrase

__all__ = ["DOMAIN", "LOCALES", "SOURCE", "Catalogue", "Untranslated", "catalogue"]

DOMAIN = "baclofen-cds"
LOCALES = Path(__file__).parent / "locale"
SOURCE: Language = "en"
"""The language of the message ids."""

_CONVENTIONS = {"en": "en_GB", "fr": "fr_FR"}
"""Whose way of writing figures and dates: day before month in English, too."""
_GROUPED_FROM = 5  # digits: 2003 stays whole, 12 000 does not


class Untranslated(LookupError):
    """A text that the catalogue of a language does not have; raised by strict catalogues only."""


class Catalogue:
    """Says things in one language.

    Attributes:
        language: its code.
    """

    def __init__(self, language: Language, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations
        locale = Locale.parse(_CONVENTIONS[language])
        symbols = locale.number_symbols["latn"]
        self._point: str = symbols["decimal"]
        self._group: str = symbols["group"]
        self._months: dict[int, str] = dict(locale.months["format"]["wide"])
        self._one_below_two = locale.plural_form(1.5) == "one"
        self._dated = self.text(Phrase("{day} {month} {year}"))
        self._measured = self.text(Phrase("{figure} {unit}"))
        self._percent = self.text(Phrase("{figure} %"))
        self._first = translations.pgettext("day of the month", "1")
        self._units = {code: self._words(unit) for code, unit in UNITS.items()}

    def text(self, msgid: str) -> str:
        """A text of ours in this language; in English where the catalogue does not have it.

        Raises:
            Untranslated: the catalogue is strict and does not have it.
        """
        return self._translations.gettext(msgid) if msgid else ""

    def phrase(self, phrase: Phrase, say: Callable[[object], str] | None = None) -> str:
        """A phrase in this language.

        Args:
            phrase: template and parts.
            say: how a part is worded that is not a phrase; without it, figures, dates and lists as the language writes them and
                texts as they are.
        """
        template = self.text(phrase.template)
        if not phrase.parts:
            return template
        return "".join(
            [
                literal if name is None else literal + self._part(phrase.parts[name], say)
                for literal, name in segments(template)
            ]
        )

    def number(self, value: Fraction | int) -> str:
        """A figure with at most two decimals, none where they are zeros."""
        figure = float(value)
        if figure.is_integer():
            whole, decimals = str(int(figure)), ""
        else:
            whole, _, decimals = f"{figure:.2f}".rstrip("0").rstrip(".").partition(".")
        if len(whole.lstrip("-")) >= _GROUPED_FROM:
            whole = f"{int(whole):,}".replace(",", self._group)
        return f"{whole}{self._point}{decimals}" if decimals else whole

    def measure(self, value: Fraction | int, unit: str) -> str:
        """A figure with its UCUM unit in words: `120 mg/day`."""
        return self.with_unit(self.number(value), unit, one=self.is_one(value))

    def with_unit(self, figure: str, unit: str, *, one: bool = False) -> str:
        """Figures in words already, a range or a sequence, with their unit; `one` where they take the singular."""
        if unit == DIMENSIONLESS:
            return figure
        if unit == PERCENT:
            return self._percent.format(figure=figure)
        singular, plural = self._units.get(unit, (unit, unit))
        return self._measured.format(figure=figure, unit=singular if one else plural)

    def date(self, day: date) -> str:
        """A day, the month in words: `17 November 2026`."""
        number = self._first if day.day == 1 else str(day.day)
        return self._dated.format(day=number, month=self._months[day.month], year=day.year)

    def join(self, items: Iterable[str]) -> str:
        """A list in one line."""
        return ", ".join(items)

    def _part(self, part: object, say: Callable[[object], str] | None) -> str:
        if isinstance(part, Phrase):
            return self.phrase(part, say)
        if isinstance(part, tuple):
            return self.join(self._part(item, say) for item in part)
        if say is not None:
            return say(part)
        if isinstance(part, date):
            return self.date(part)
        return self.number(part) if isinstance(part, Fraction | int) else str(part)

    def is_one(self, value: Fraction | int) -> bool:
        """Whether a figure takes the singular: in English 1 alone, in French everything below 2."""
        above, below = value.as_integer_ratio()  # compared as whole numbers, which is the same and faster
        return abs(above) < 2 * below if self._one_below_two else abs(above) == below

    def _words(self, unit: Phrase | Counted) -> tuple[str, str]:
        if isinstance(unit, Phrase):
            return (self.text(unit),) * 2
        one, several = (self._translations.ngettext(unit.one, unit.several, count) for count in (1, 2))
        return one, several


class _Refusing(gettext.NullTranslations):
    """Stands behind the catalogue of a language: what gets here was not translated."""

    def gettext(self, message: str) -> NoReturn:
        raise Untranslated(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise Untranslated(f"{msgid1} / {msgid2} ({n})")

    def pgettext(self, context: str, message: str) -> NoReturn:
        raise Untranslated(f"{message} ({context})")


@functools.cache
def catalogue(language: Language, *, strict: bool = False) -> Catalogue:
    """The catalogue of a language, read once.

    Args:
        language: its code.
        strict: a text without a translation raises `Untranslated` instead of standing in English; for tests.
    """
    if language == SOURCE:
        return Catalogue(language, gettext.NullTranslations())
    with po_file(language).open("rb") as file:
        messages = read_po(file, locale=language, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, messages)  # untranslated and fuzzy messages are left out
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    if strict:
        translations.add_fallback(_Refusing())
    return Catalogue(language, translations)


def po_file(language: Language) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
