"""Pages as HTML."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cds.language import LANGUAGES, Language, catalogue
from cds.web.words import holes

NAMES: Mapping[Language, str] = {"en": "English", "fr": "Français"}
"""Each language's own name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page asks for.

    Attributes:
        path: of the page below the service's address, without a slash in front: `rules/RenalSevere`.
        on: the day shown.
        language: the language of the page.
        chosen_day: the day stands in the address; the page's links keep it.
        chosen_language: so does the language.
        trial: the service is for trials, and the page says so.
    """

    path: str
    on: date
    language: Language
    chosen_day: bool = False
    chosen_language: bool = False
    trial: bool = False

    @property
    def root(self) -> str:
        """From the page to the service's address; relative, so that a prefix before it does not matter."""
        return "/".join([".."] * self.path.count("/")) or "."

    def address(self, path: str, *, lang: str | None = None, plain: bool = False) -> str:
        """The address of another page that keeps day and language; `plain` without them."""
        query = {}
        if self.chosen_day and not plain:
            query["on"] = self.on.isoformat()
        if (lang or self.chosen_language) and not plain:
            query["lang"] = lang or self.language
        return f"{self.root}/{path}" + (f"?{urlencode(query)}" if query else "")


def html(template: str, asked: Asked, version: str, **context: Any) -> str:
    """A page.

    Args:
        template: its name in `templates`.
        asked: path, day and language.
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
            day=words.date,
            address=asked.address,
            path=asked.path,
            root=asked.root,
            trial=asked.trial,
            chosen=asked.chosen_language,
            language=asked.language,
            languages=[(code, NAMES[code]) for code in LANGUAGES],
            version=version,
        )
    )


def with_holes(text: str) -> Markup:
    """A text of a card, its placeholders as variables; lines keep their breaks."""
    pieces = [
        escape(before) + (Markup("<var>{}</var>").format(name) if name else Markup("")) for before, name in holes(text)
    ]
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


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
    return environment
