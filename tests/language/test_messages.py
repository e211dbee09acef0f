"""Every text of ours is in every catalogue, translated, with the same placeholders; and no text of ours is none."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from cds.language import LANGUAGES
from cds.language.catalogue import SOURCE, po_file
from cds.language.extraction import PACKAGE, _members, stored, template, update

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
MESSAGES = template()


def said(catalog: Catalog) -> dict[tuple[object, str | None], Message]:
    """Messages by id and context."""
    return {(message.id, message.context): message for message in catalog if message.id}


def texts(value: object) -> tuple[str, ...]:
    """A message or its plural forms."""
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def test_the_extraction_finds_texts_of_every_kind() -> None:
    found = said(MESSAGES)
    assert ("this order", None) in found  # Phrase("…") in Python
    assert (("day", "days"), None) in found  # Counted
    assert ("1", "day of the month") in found  # pgettext
    comments = {comment for message in found.values() for comment in message.auto_comments}
    assert {"RenalSevere: title", "RenalSevere: check", "RenalSevere: texts.start.summary"} <= comments
    assert "RenalSevere: texts.start.detail" in comments
    assert any(comment.startswith("RenalSevere: not_covered.") for comment in comments)
    assert any(comment.startswith("RenalSevere: history.") for comment in comments)
    for place in ("notes: notes.", "rtu: parameters.", "periods: periods.", "regimes: regimes.", "drugs: value_sets."):
        assert any(comment.startswith(place) for comment in comments), place
    assert any(comment.startswith("override_reasons: reasons.") for comment in comments)


def test_members_of_a_document() -> None:
    document = {"texts": {"a": {"summary": "A", "n": 1}}, "list": ["x", {"change": "y"}], "other": "z"}
    assert list(_members(document, ["texts", "*", "*"])) == [(["texts", "a", "summary"], "A")]
    assert list(_members(document, ["list", "*"])) == [(["list", "1"], "x")]
    assert list(_members(document, ["list", "*", "change"])) == [(["list", "2", "change"], "y")]
    assert list(_members(document, ["missing", "*"])) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_in_step_with_the_code(language) -> None:
    """`make messages` has nothing to do."""
    is_there, should_be = said(stored(language)), said(MESSAGES)
    assert sorted(map(str, should_be.keys() - is_there.keys())) == [], "run `make messages`"
    assert sorted(map(str, is_there.keys() - should_be.keys())) == [], "no longer said: run `make messages`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language) -> None:
    missing = [message.id for message in said(stored(language)).values() if not all(texts(message.string))]
    fuzzy = [message.id for message in said(stored(language)).values() if message.fuzzy]
    assert (len(missing), missing[:10]) == (0, [])
    assert fuzzy == []


def holes(text: str) -> list[str]:
    """The placeholders of a text, those of figures (`{renal.severe}`) included."""
    return sorted(set(re.findall(r"\{([\w.]+)\}", text)))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language) -> None:
    wrong = [
        message.id
        for message in said(stored(language)).values()
        for original, translation in zip(texts(message.id), texts(message.string), strict=False)
        if translation and holes(original) != holes(translation)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_an_update_keeps_what_is_translated_and_drops_what_is_no_longer_said(language, tmp_path, monkeypatch) -> None:
    before = stored(language)
    before.add("no longer said", "plus dit")
    monkeypatch.setattr("cds.language.extraction.stored", lambda _: before)
    after = said(update(language, MESSAGES))
    assert after["this order", None].string
    assert ("no longer said", None) not in after


@pytest.mark.parametrize("language", TRANSLATED)
def test_an_update_is_no_noise(language) -> None:
    """No line numbers, no dates of the run, the same order each time."""
    file = io.BytesIO()
    write_po(file, update(language, MESSAGES), width=120, no_location=True, sort_by_file=True, ignore_obsolete=True)
    assert file.getvalue() == po_file(language).read_bytes()


@pytest.mark.parametrize("language", ["fr"])
def test_french_typography(language) -> None:
    """A no-break space before high punctuation, between figure and unit, inside quotation marks; no English quotation marks."""
    plain_space = re.compile(r"[ ][:;?!%»]|«[ ]|\d[ ](?:mg|µg|mL|kg|h|ans?|mois|jours?|semaines?)\b")
    no_space = re.compile(r"\w[;?!](?:\s|$)|\w:(?:\s|$)")
    english = re.compile(r"[“”]")
    wrong = [
        text
        for message in said(stored(language)).values()
        for text in texts(message.string)
        if text and (plain_space.search(text) or no_space.search(text) or english.search(text))
    ]
    assert wrong == []


NOT_SAID = frozenset({"CKD-EPI 2021", "bedside Schwartz", "problem list", "Oral route", "Prescription sous RTU"})
"""Values of the chart that happen to be words, and words of FHIR and of the French programme that are written into orders."""


def unmarked(path: Path) -> list[str]:
    """Texts with a space that are neither documentation nor a Phrase."""
    tree = ast.parse(path.read_text())
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))  # docstrings
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Phrase", "Counted"):
            allowed |= {id(argument) for argument in node.args}
        if isinstance(node, ast.Raise | ast.Assert):
            allowed |= {id(inner) for inner in ast.walk(node)}  # for developers
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [
        f"{path.name}:{node.lineno}: {node.value}"
        for node in found
        if id(node) not in allowed and " " in node.value.strip() and node.value not in NOT_SAID
    ]


@pytest.mark.parametrize("room", ["rules", "chart", "cards", "remedies", "suggestions"])
def test_no_sentence_of_ours_is_a_plain_string(room) -> None:
    assert [place for path in sorted((PACKAGE / room).rglob("*.py")) for place in unmarked(path)] == []


REASONS = frozenset({"Unknown", "MissingData", "Problem", "NotUnderstoodError", "Question"})
NAMES_AND_CODES = re.compile(r"[A-Za-z_-]*")


@pytest.mark.parametrize("room", ["chart", "fhir", "rules"])
def test_no_reason_is_a_plain_string(room) -> None:
    """Arguments of what carries a reason: a phrase, or a code without spaces; never a sentence or an f-string."""
    plain = [
        f"{path.name}:{node.lineno}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REASONS
        for argument in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "because")]
        if isinstance(argument, ast.JoinedStr)
        or (isinstance(argument, ast.Constant) and not NAMES_AND_CODES.fullmatch(str(argument.value)))
    ]
    assert plain == []
