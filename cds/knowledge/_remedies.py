"""Remedies and requested services: from a checked document to values."""

from __future__ import annotations

from typing import Any

from cds.documents import Document, Path
from cds.knowledge._entries import template
from cds.knowledge._systems import CodeSystems
from cds.knowledge.rule_entries import RemedyText, ServiceCoding, ServiceEntry


def remedy_texts(document: Document) -> dict[str, RemedyText]:
    """The words of every remedy by its key.

    Raises:
        DocumentError: a text is no template.
    """
    return {
        key: RemedyText(
            template(document, entry["label"], ("remedies", key, "label")),
            template(document, entry["description"], ("remedies", key, "description")),
        )
        for key, entry in document.data["remedies"].items()
    }


def services(document: Document, systems: CodeSystems) -> dict[str, ServiceEntry]:
    """What can be requested, by key.

    Raises:
        DocumentError: a code system is unknown.
    """
    return {key: _service(document, key, entry, systems) for key, entry in document.data["services"].items()}


def _service(document: Document, key: str, entry: Any, systems: CodeSystems) -> ServiceEntry:
    path: Path = ("services", key)
    local = entry.get("by_jurisdiction", {})
    return ServiceEntry(
        key=key,
        text=entry["text"],
        category=_coding(document, entry["category"], (*path, "category"), systems) if "category" in entry else None,
        default=_coding(document, entry["default"], (*path, "default"), systems),
        by_jurisdiction={
            code: _coding(document, coding, (*path, "by_jurisdiction", code), systems) for code, coding in local.items()
        },
    )


def _coding(document: Document, entry: Any, path: Path, systems: CodeSystems) -> ServiceCoding:
    if entry["system"] not in systems.uris:
        raise document.error(f"unknown code system {entry['system']!r}", path)
    return ServiceCoding(systems.uris[entry["system"]], entry["code"], entry["display"])
