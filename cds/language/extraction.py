"""Every text of ours, from code, pages and knowledge, into the catalogues of the translators: `make messages`.

A catalogue keeps its translations; texts that are no longer said are dropped. Places are told by comments, not by line numbers, so that a
change of a file is no change of a catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from cds.language.catalogue import DOMAIN, SOURCE, po_file
from cds.language.languages import LANGUAGES, Language

PACKAGE = Path(__file__).resolve().parents[1]
KEYWORDS: dict[str, Any] = {
    "Phrase": None,
    "Counted": (1, 2),
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
WIDTH = 120

TEXTS: dict[str, tuple[str, ...]] = {
    "rules": ("title", "check", "fires.*", "texts.*.*", "not_covered.*", "history.*.change"),
    "texts": ("notes.*",),
    "parameters": ("parameters.*.title", "parameters.*.documentation", "parameters.*.values.*.documentation"),
    "periods.yaml": ("periods.*.title", "periods.*.documentation"),
    "regimes.yaml": ("regimes.*.title", "regimes.*.documentation"),
    "remedies.yaml": ("remedies.*.label", "remedies.*.description", "services.*.text"),
    "override_reasons.yaml": ("reasons.*.display",),
    "references.yaml": ("references.*.label",),
    "transparency.yaml": (
        *("developer", "funding", "licence", "contact", "attributes.*"),
        *("usages.*.title", "usages.*.when_read", "usages.*.otherwise"),
    ),
    "value_sets": ("value_sets.*.title",),
}
"""By folder or file of the knowledge: the members that people read; `*` is any key or item."""

CASE_TEXTS = ("title", "teaching")
"""The members of a case of the playground that people read."""


def template() -> Catalog:
    """All messages, by the file they stand in."""
    catalog = Catalog(project="baclofen-cds", charset="utf-8", creation_date=None)
    for file, line, message, comments, context in extract_from_dir(
        PACKAGE,
        method_map=METHODS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
    ):
        catalog.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalog


def update(language: Language, messages: Catalog) -> Catalog:
    """The catalogue of a language as it has to be: the given messages with the translations that are there."""
    catalog = stored(language)
    catalog.update(messages, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def stored(language: Language) -> Catalog:
    """The catalogue of a language as it stands; an empty one for a new language."""
    file = po_file(language)
    if not file.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with file.open("rb") as source:
        return read_po(source, locale=language, domain=DOMAIN)


def write(language: Language, catalog: Catalog) -> None:
    """Write the catalogue of a language, sorted by where its texts stand."""
    file = po_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalog, width=WIDTH, no_location=True, sort_by_file=True, ignore_obsolete=True)


def _knowledge_texts(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The texts of a knowledge file, as Babel wants an extractor to give them."""
    del keywords, comment_tags, options
    path = Path(file.name).resolve().relative_to(PACKAGE / "knowledge")
    name = path.stem
    members = TEXTS.get(path.parts[0], ())
    document = yaml.safe_load(file)
    for member in members:
        for place, text in _members(document, member.split(".")):
            yield 0, "", text, [f"{name}: {'.'.join(place)}"]


def _case_texts(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The texts of a case of the playground, as Babel wants an extractor to give them."""
    del keywords, comment_tags, options
    document = yaml.safe_load(file)
    for member in CASE_TEXTS:
        yield 0, "", document[member], [f"{Path(file.name).stem}: {member}"]


def _members(node: Any, path: list[str]) -> Iterator[tuple[list[str], str]]:
    """The texts at the end of a path, and where each stands."""
    if not path:
        if isinstance(node, str):
            yield [], node
        return
    step, *rest = path
    if isinstance(node, list):
        node = {str(place): item for place, item in enumerate(node, 1)}
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if step in ("*", key):
            for place, text in _members(value, rest):
                yield [key, *place], text


METHODS: list[Any] = [
    ("knowledge/**.yaml", _knowledge_texts),
    ("playground/cases/*.yaml", _case_texts),
    ("web/templates/**.html", "jinja2"),
    ("**.py", "python"),
]
"""By file, the extractor: ours, Jinja2's and Babel's own."""


if __name__ == "__main__":
    everything = template()
    for each in LANGUAGES:
        if each != SOURCE:
            write(each, update(each, everything))
