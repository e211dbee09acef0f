"""Pages as HTML."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cds.language import LANGUAGES, Language, catalogue
from cds.phrases import Phrase
from cds.web.assets import fingerprint

NAMES: Mapping[Language, str] = {"en": "English", "fr": "Français"}
"""Each language's own name."""

_HOLE = re.compile(r"\{([A-Za-z0-9_.]+)\}")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation.

    Attributes:
        path: below the service's address, without a slash in front.
        label: its name.
        folder: below which its pages stand; the path where nothing is said.
    """

    path: str
    label: Phrase
    folder: str = ""

    def holds(self, path: str) -> bool:
        """Whether a page is this place or stands below it."""
        folder = self.folder or self.path
        return path == self.path or (folder != "" and f"{path}/".startswith(f"{folder}/"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page asks for, and who asks.

    Attributes:
        path: of the page below the service's address, without a slash in front: `rules/RenalSevere`.
        on: the day shown.
        language: the language of the page.
        chosen_day: the day stands in the address; the page's links keep it.
        chosen_language: so does the language.
        trial: the service is for trials, and the page says so.
        places: the navigation.
        query: names and values of the address that the page in another language keeps, beside day and language.
        signs_in: whether there is anything to sign in to.
        person: the name of who is signed in; None for anybody.
        token: what the page's forms carry against forgery; empty on pages that a cache may keep, which have no such form.
    """

    path: str
    on: date
    language: Language
    chosen_day: bool = False
    chosen_language: bool = False
    trial: bool = False
    places: tuple[Place, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    signs_in: bool = False
    person: str | None = None
    token: str = ""

    @property
    def root(self) -> str:
        """From the page to the service's address; relative, so that a prefix before it does not matter."""
        return "/".join([".."] * self.path.count("/")) or "."

    def address(
        self, path: str, query: Mapping[str, str] | None = None, *, lang: str | None = None, plain: bool = False
    ) -> str:
        """The address of another page that keeps day and language, with further parameters; `plain` without day and language."""
        query = dict(query or {})
        if self.chosen_day and not plain:
            query["on"] = self.on.isoformat()
        if (lang or self.chosen_language) and not plain:
            query["lang"] = lang or self.language
        return f"{self.root}/{path}" + (f"?{urlencode(query)}" if query else "")

    def here(self, lang: str) -> str:
        """The address of this page in another language."""
        return self.address(self.path, dict(self.query), lang=lang)

    def asset(self, name: str) -> str:
        """The address of an asset; it changes with the content, so that caches may keep it."""
        return f"{self.root}/assets/{name}?v={fingerprint(name)}"


def html(template: str, asked: Asked, version: str, **context: Any) -> str:
    """A page.

    Args:
        template: its name in `templates`.
        asked: path, day, language and person.
        version: of the knowledge.
        context: what the template needs beside these.
    """
    words = catalogue(asked.language)
    return (
        _environment()
        .get_template(template)
        .render(
            context,
            _=words.text,
            say=words.phrase,
            day=words.date,
            number=words.number,
            measure=words.measure,
            address=asked.address,
            here=asked.here,
            asset=asked.asset,
            path=asked.path,
            root=asked.root,
            trial=asked.trial,
            places=asked.places,
            signs_in=asked.signs_in,
            person=asked.person,
            token=asked.token,
            chosen=asked.chosen_language,
            language=asked.language,
            languages=[(code, NAMES[code]) for code in LANGUAGES],
            version=version,
        )
    )


def holes(text: str) -> list[tuple[str, str]]:
    """A template as pieces of (text, name of the placeholder after it); the name is empty at the end."""
    pieces, end = [], 0
    for match in _HOLE.finditer(text):
        pieces.append((text[end : match.start()], match[1]))
        end = match.end()
    return [*pieces, (text[end:], "")]


def exact(value: Fraction | float) -> str:
    """A figure for programs: `7.5`."""
    return f"{float(value):.10g}"


def with_holes(text: str) -> Markup:
    """A text of a card, its placeholders as variables; lines keep their breaks."""
    pieces = [
        escape(before) + (Markup("<var>{}</var>").format(name) if name else Markup("")) for before, name in holes(text)
    ]
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


def _written(day: date, write: Callable[[date], str]) -> str:
    """A day as a language writes it, for `map`."""
    return write(day)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cds.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["filled"] = with_holes
    environment.filters["exact"] = exact
    environment.filters["fraction"] = Fraction
    environment.filters["written"] = _written
    return environment
