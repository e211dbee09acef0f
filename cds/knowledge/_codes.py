"""Value sets and products: from checked documents to values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds.documents import Document, Path
from cds.knowledge._entries import cited, figure
from cds.knowledge._systems import CodeSystems
from cds.knowledge.model import ProductEntry, Reference
from cds.knowledge.value_sets import Code, ValueSet


@dataclass(frozen=True, slots=True)
class _Entry:
    """A value set before the sets it includes are known."""

    document: Document
    title: str
    codes: tuple[Code, ...]
    words: tuple[str, ...]
    includes: tuple[str, ...]


def value_sets(
    documents: Iterable[Document], sources: Mapping[str, Reference], systems: CodeSystems
) -> dict[str, ValueSet]:
    """The value sets by name, each with the members of the sets it includes."""
    entries: dict[str, _Entry] = {}
    for document in documents:
        for name, entry in document.data["value_sets"].items():
            path: Path = ("value_sets", name)
            if name in entries:
                raise document.error(f"value set {name!r} stands in two files", path)
            codes = tuple(_codes(document, entry, path, sources, systems))
            words, includes = tuple(entry.get("words", ())), tuple(entry.get("includes", ()))
            entries[name] = _Entry(document, entry["title"], codes, words, includes)
    return {name: _assembled(name, entries, systems) for name in entries}


def _assembled(name: str, entries: Mapping[str, _Entry], systems: CodeSystems) -> ValueSet:
    members = [entries[member] for member in _included(name, entries, ())]
    return ValueSet.of(
        name,
        entries[name].title,
        kind=entries[name].document.data["kind"],
        codes=tuple(dict.fromkeys(code for member in members for code in member.codes)),
        words=tuple(dict.fromkeys(word for member in members for word in member.words)),
        systems=systems,
    )


def _included(name: str, entries: Mapping[str, _Entry], through: tuple[str, ...]) -> dict[str, None]:
    """A set and, in order, all sets below it."""
    entry = entries[name]
    found = {name: None}
    for position, other in enumerate(entry.includes):
        path: Path = ("value_sets", name, "includes", position)
        if other not in entries:
            raise entry.document.error(f"includes an unknown value set {other!r}", path)
        if other in (*through, name):
            raise entry.document.error(f"{other!r} includes itself", path)
        found |= _included(other, entries, (*through, name))
    return found


def _codes(
    document: Document, entry: Any, path: Path, sources: Mapping[str, Reference], systems: CodeSystems
) -> Iterator[Code]:
    seen: set[tuple[str, str]] = set()
    for position, group in enumerate(entry.get("codes", ())):
        place: Path = (*path, "codes", position)
        cited(document, [group["origin"]], sources, (*place, "origin"))
        for system in group["systems"]:
            if system not in systems.uris:
                raise document.error(f"unknown code system {system!r}", (*place, "systems"))
            for how in ("codes", "prefixes"):
                for code, display in group.get(how, {}).items():
                    key = (system, systems.code(system, code))
                    if key in seen:
                        raise document.error(f"{system} {code} stands twice in {path[-1]!r}", (*place, how, code))
                    seen.add(key)
                    yield Code(system, code, display, how == "prefixes", group["origin"], group["confidence"])


def products(
    document: Document, sources: Mapping[str, Reference], systems: CodeSystems
) -> dict[tuple[str, str], ProductEntry]:
    """The products by (short system name, code)."""
    found: dict[tuple[str, str], ProductEntry] = {}
    for position, entry in enumerate(document.data["products"]):
        path: Path = ("products", position)
        product = _product(document, entry, path, sources)
        for system, codes in entry["codes"].items():
            if system not in systems.uris:
                raise document.error(f"unknown code system {system!r}", (*path, "codes", system))
            for code in codes:
                if (system, code) in found:
                    raise document.error(f"{system} {code} stands for two products", (*path, "codes", system))
                found[system, code] = product
    return found


def _product(document: Document, entry: Any, path: Path, sources: Mapping[str, Reference]) -> ProductEntry:
    strength = entry.get("strength_mg")
    concentration = entry.get("strength_mg_per_ml")
    solid = entry["form"] in {"tablet", "granules"}
    if (solid and concentration is not None) or (not solid and strength is not None):
        raise document.error("a solid has strength_mg, a liquid strength_mg_per_ml", path)
    return ProductEntry(
        drug="baclofen",
        name=entry["name"],
        brand=entry.get("brand"),
        strength_mg=None if strength is None else figure(strength),
        strength_mg_per_ml=None if concentration is None else figure(concentration),
        form=entry["form"],
        route=entry["route"],
        jurisdiction=entry.get("jurisdiction"),
        authorised_for_alcohol=entry.get("authorised_for_alcohol", False),
        baclocur=entry.get("baclocur", False),
        cis=next(iter(entry["codes"].get("cis", ())), None),
        references=cited(document, entry["references"], sources, (*path, "references")),
        confidence=entry["confidence"],
    )
