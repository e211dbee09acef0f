"""The Accept-Language header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.language import LANGUAGES, negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("en;q=0.3, fr;q=0.301", "fr"),
        ("fr;q=0.5, en;q=0.5", "fr"),  # equal: the first named
        ("en, fr", "en"),
        ("de", "en"),
        ("de, fr;q=0.1", "fr"),
        ("*", "en"),
        ("de, *;q=0.5", "en"),
        ("en;q=0.2, *;q=0.5", "fr"),
        ("en;q=0", "en"),  # refused, and the other one not accepted: the default, for an answer there must be
        ("en;q=0, *", "fr"),
        ("fr;q=0, *", "en"),
        ("fr; q=1.000", "fr"),
        ("fr;q=1.5", "en"),  # no weight: passed over
        ("fr;q=abc, en", "en"),
        (",, ,fr", "fr"),
        ("french", "en"),
        ("fr_FR", "en"),
    ],
)
def test_what_a_caller_likes_best(header, language) -> None:
    assert negotiate(header, "en") == language


@pytest.mark.parametrize("header", [None, "de", "*", "en;q=0.5, fr;q=0.5, *"])
def test_the_default_where_nothing_decides(header) -> None:
    if header and header.startswith("en"):
        assert negotiate(header, "fr") == "en"
    else:
        assert negotiate(header, "fr") == "fr"


def test_an_issuer_takes_the_place_of_the_default_and_not_of_the_call() -> None:
    assert negotiate(None, "en", issuer="fr") == "fr"
    assert negotiate("en", "fr", issuer="fr") == "en"
    assert negotiate(None, "fr", issuer=None) == "fr"


@given(st.text(alphabet="enfrd-*;q=01.9, ", max_size=60))
def test_no_header_is_an_error(header) -> None:
    assert negotiate(header, "fr") in LANGUAGES
