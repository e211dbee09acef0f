"""From a folder of YAML files to a `Knowledge`, or to a KnowledgeError that names file and line."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cds.documents import Document, DocumentError, check, parse, read
from cds.knowledge._codes import products, value_sets
from cds.knowledge._entries import note_texts, parameters, periods, references, regime_rows, systems
from cds.knowledge._errors import KnowledgeError
from cds.knowledge._overrides import override_reasons, overrides_by_rule
from cds.knowledge._remedies import remedy_texts, services
from cds.knowledge._rules import rules
from cds.knowledge._transparency import transparency
from cds.knowledge.knowledge import Knowledge
from cds.knowledge.value_sets import ValueSetIndex

FOLDER = Path(__file__).parent
SCHEMAS = FOLDER / "schemas"


def load_knowledge(folder: Path | str | None = None) -> Knowledge:
    """Load and check a knowledge folder; without one, the package's own (once per process).

    Raises:
        KnowledgeError: a file is missing or not as its schema wants it, a figure has no reference, an id is unknown or
            used twice. The message begins with file and line.
    """
    try:
        return _default() if folder is None else _load(Path(folder))
    except DocumentError as error:
        raise KnowledgeError(error.cause, error.file, error.line) from error


@functools.cache
def _default() -> Knowledge:
    return _load(FOLDER)


def _load(folder: Path) -> Knowledge:
    reading = _Reading(folder)
    known_systems = systems(reading.one("systems.yaml", "systems"))
    sources = references(reading.one("references.yaml", "references"))
    figures = parameters(reading.many("parameters", "parameters"), sources)
    sets = value_sets(reading.many("value_sets", "value_sets"), sources, known_systems)
    overrides = reading.one("override_reasons.yaml", "override_reasons")
    reasons = override_reasons(overrides)
    dated_periods = periods(reading.one("periods.yaml", "periods"), sources)
    catalogue = rules(reading.many("rules", "rule"), sources, figures, dated_periods, reasons)
    products_by_code = products(reading.one("products.yaml", "products"), sources, known_systems)
    rows = regime_rows(reading.one("regimes.yaml", "regimes"), sources)
    notes = note_texts(reading.one("texts/notes.yaml", "notes"))
    offered = reading.one("remedies.yaml", "remedies")
    disclosed = transparency(reading.one("transparency.yaml", "transparency"))
    return Knowledge(
        version=reading.version(source.last_checked for source in sources.values()),
        references=sources,
        parameters=figures,
        periods=dated_periods,
        regime_rows=rows,
        value_sets=sets,
        products=products_by_code,
        rules=catalogue,
        notes=notes,
        systems=known_systems,
        index=ValueSetIndex.of(sets.values(), known_systems),
        overrides=overrides_by_rule(overrides, reasons, catalogue),
        remedies=remedy_texts(offered),
        services=services(offered, known_systems),
        transparency=disclosed,
        rules_by_id={rule.id: rule for rule in catalogue},
    )


class _Reading:
    """Reads files of a folder and remembers what it read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hash = hashlib.sha256()

    def one(self, name: str, schema: str) -> Document:
        text = read(self.folder / name, name)
        self.hash.update(f"{name}\0{text}\0".encode())
        document = parse(text, name)
        check(document, schema, SCHEMAS)
        return document

    def many(self, subfolder: str, schema: str) -> list[Document]:
        files = sorted((self.folder / subfolder).rglob("*.yaml"))
        return [self.one(path.relative_to(self.folder).as_posix(), schema) for path in files]

    def version(self, checked: Iterable[date]) -> str:
        """The version of everything read so far: to be asked for last."""
        return f"{max(checked, default=date.min):%Y.%m.%d}+{self.hash.hexdigest()[:12]}"
