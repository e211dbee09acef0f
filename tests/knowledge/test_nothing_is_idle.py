"""What stands in the knowledge is used: a figure by a rule or a remedy, a note and a value set by code or by another set."""

from __future__ import annotations

import re
from pathlib import Path

from cds.knowledge import load_knowledge

ROOT = Path(__file__).resolve().parents[2] / "cds"
CODE = "\n".join(path.read_text() for path in ROOT.rglob("*.py"))
SETS = "\n".join(path.read_text() for path in (ROOT / "knowledge" / "value_sets").glob("*.yaml"))


KNOWN_AS_OTHERWISE = {"no_known_allergy", "renal_panel"}
"""Recognised so that they are not taken for something else: an entry that says there is no allergy, a panel whose parts are the results."""


def named(key: str) -> bool:
    """Whether the code names it, whole or as the beginning of a longer id."""
    return re.search(rf"[\"'{{/]{re.escape(key)}[\"'}}]", CODE) is not None


def test_every_figure_is_read() -> None:
    knowledge = load_knowledge()
    listed = {parameter for rule in knowledge.rules for parameter in rule.parameters}
    idle = [key for key in knowledge.parameters if key not in listed and not named(key)]
    assert idle == []


def test_every_note_is_worded() -> None:
    dynamic = re.compile(r"topic_\w+")
    idle = [key for key in load_knowledge().notes if not named(key) and not dynamic.fullmatch(key)]
    assert idle == []


def test_every_value_set_is_asked_for_or_included() -> None:
    included = set(re.findall(r"\w+", " ".join(re.findall(r"includes: \[([^\]]*)\]", SETS))))
    idle = [key for key in load_knowledge().value_sets if not named(key) and key not in included | KNOWN_AS_OTHERWISE]
    assert idle == []
