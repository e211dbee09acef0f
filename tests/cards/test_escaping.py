"""Text of the EHR cannot become markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.cards.escaping import LONGEST, markdown, plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[click](http://evil)", "\\[click\\](http\\://evil)"),
        ("**bold** `code`", "\\*\\*bold\\*\\* \\`code\\`"),
        ("R&D", "R&amp;D"),
        ("www.evil.example", "www\\.evil.example"),
        ("a@b.example", "a\\@b.example"),
        ("# title", "\\# title"),
        ("1. list", "1\\. list"),
        ("- list", "\\- list"),
        ("line\nbreak\ttab", "line break tab"),
        ("![x](y)", "\\!\\[x\\](y)"),
    ],
)
def test_markup_is_defused(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


def test_ordinary_names_stay_readable() -> None:
    assert (
        markdown("Baclofen 10 MG Oral Tablet, 1 cp matin (2.5 mL)") == "Baclofen 10 MG Oral Tablet, 1 cp matin (2.5 mL)"
    )


@given(st.text())
def test_plain_is_one_short_line(text: str) -> None:
    line = plain(text)
    assert len(line) <= LONGEST
    assert "\n" not in line
    assert line == line.strip()


@given(st.text())
def test_no_angle_bracket_survives(text: str) -> None:
    assert "<" not in markdown(text)
    assert ">" not in markdown(text)
