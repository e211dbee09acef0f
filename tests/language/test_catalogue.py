"""How each language writes figures, units, dates and phrases."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest

from cds.language import Untranslated, catalogue
from cds.language.templates import placeholders, segments
from cds.phrases import Phrase

ENGLISH, FRENCH = catalogue("en", strict=True), catalogue("fr", strict=True)
NARROW, NO_BREAK = "\u202f", "\xa0"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (Fraction(120), "120", "120"),
        (Fraction("7.5"), "7.5", "7,5"),
        (Fraction(20, 3), "6.67", "6,67"),
        (Fraction("59.646"), "59.65", "59,65"),
        (Fraction(100), "100", "100"),
        (9999, "9999", "9999"),
        (10_000, "10,000", f"10{NARROW}000"),
        (Fraction("12000.5"), "12,000.5", f"12{NARROW}000,5"),
        (-10_000, "-10,000", f"-10{NARROW}000"),
        (0, "0", "0"),
    ],
)
def test_figures(value, english, french) -> None:
    assert ENGLISH.number(value) == english
    assert FRENCH.number(value) == french


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (80, "mg/d", "80 mg/day", f"80{NO_BREAK}mg/jour"),
        (Fraction("0.5"), "d", "0.5 days", f"0,5{NO_BREAK}jour"),
        (1, "d", "1 day", f"1{NO_BREAK}jour"),
        (Fraction("1.5"), "d", "1.5 days", f"1,5{NO_BREAK}jour"),
        (2, "d", "2 days", f"2{NO_BREAK}jours"),
        (78, "a", "78 years", f"78{NO_BREAK}ans"),
        (350, "ug/d", "350 µg/day", f"350{NO_BREAK}µg/24{NO_BREAK}h"),
        (1, "/d", "1 time a day", f"1{NO_BREAK}fois par jour"),
        (22, "mL/min/{1.73_m2}", "22 mL/min/1.73 m²", f"22{NO_BREAK}mL/min/1,73 m²"),
        (Fraction("1.23"), "%", "1.23 %", f"1,23{NARROW}%"),
        (3, "1", "3", "3"),
        (3, "bogus", "3 bogus", f"3{NO_BREAK}bogus"),
    ],
)
def test_measures(value, unit, english, french) -> None:
    assert ENGLISH.measure(Fraction(value), unit) == english
    assert FRENCH.measure(Fraction(value), unit) == french


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (date(2026, 11, 17), "17 November 2026", "17 novembre 2026"),
        (date(2026, 6, 1), "1 June 2026", "1er juin 2026"),
        (date(2026, 2, 2), "2 February 2026", "2 février 2026"),
    ],
)
def test_dates(day, english, french) -> None:
    assert ENGLISH.date(day) == english
    assert FRENCH.date(day) == french


def test_phrases_in_phrases() -> None:
    phrase = Phrase("the EHR did not send {what}", what=Phrase("the problem list"))
    assert phrase == "the EHR did not send the problem list"
    assert ENGLISH.phrase(phrase) == phrase
    assert FRENCH.phrase(phrase) == "le DPI n’a pas transmis la liste des problèmes"


def test_parts_are_written_as_the_language_writes_them() -> None:
    phrase = Phrase("eGFR of {date} in {unit}", date=date(2026, 6, 1), unit="mL/min")
    assert ENGLISH.phrase(phrase) == "eGFR of 1 June 2026 in mL/min"
    assert "1er juin 2026" in FRENCH.phrase(phrase)
    hours = Phrase(
        "{times} times every {hours} hours: perhaps {times} times a day was meant.", times=3, hours=Fraction(15, 2)
    )
    assert "7,5 heures" in FRENCH.phrase(hours)
    members = Phrase("{members} of {order}", members=("note", "text"), order="MedicationRequest/1")
    assert members == "note, text of MedicationRequest/1"
    assert FRENCH.phrase(members) == "note, text de MedicationRequest/1"


def test_a_part_may_be_worded_by_the_caller() -> None:
    phrase = Phrase("{place} could not be read", place="<b>")
    assert ENGLISH.phrase(phrase, lambda part: str(part).upper()) == "<B> could not be read"


def test_an_unknown_text_stands_in_english_and_a_strict_catalogue_refuses_it() -> None:
    assert catalogue("fr").text("never said") == "never said"
    with pytest.raises(Untranslated):
        FRENCH.text("never said")
    assert FRENCH.text("") == ""


def test_templates_are_taken_apart() -> None:
    assert segments("a {b} c") == (("a ", "b"), (" c", None))
    assert placeholders("{b} {a} {b}") == {"a", "b"}
    for wrong in ("{a.b}", "{0}", "{a[0]}", "{a:>9}", "{a!r}"):
        with pytest.raises(ValueError, match="plain name"):
            segments(wrong)


def test_both_catalogues_are_there_soon_enough() -> None:
    """Reading both takes well under 300 ms; twice that is allowed to a busy machine."""
    code = (
        "import time; from cds.language import catalogue; begun = time.process_time();"
        "catalogue('en'); catalogue('fr'); print(time.process_time() - begun)"
    )
    took = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert float(took.stdout) < 0.6
