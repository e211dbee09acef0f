"""Sealed links and pseudonyms."""

import base64
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.security.pseudonym import pseudonym
from cds.security.sealed import NotSealed, seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


class Context(msgspec.Struct, frozen=True):
    patient: str
    dose: str | None = None


class Another(msgspec.Struct, frozen=True):
    prescriber: str


@given(st.text(max_size=300), st.none() | st.text(max_size=50), st.integers(0, 4_000_000_000))
def test_what_is_sealed_is_opened_until_its_last_second(patient, dose, until):
    text = seal(KEY, Context(patient, dose), until)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert text == seal(KEY, Context(patient, dose), until)
    assert unseal(KEY, text, Context, until - 1) == unseal(KEY, text, Context, until) == Context(patient, dose)
    with pytest.raises(NotSealed):
        unseal(KEY, text, Context, until + 1)
    with pytest.raises(NotSealed):
        unseal(OTHER, text, Context, until)


def test_nothing_of_the_content_shows():
    text = seal(KEY, Context("MARKER", "120"), 2_000_000_000)
    assert b"MARKER" not in base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("text", ["", "a", "é", "A" * 4097, "=" * 8, "x y", "\x00", seal(KEY, Another("p"), 9)])
def test_what_was_not_sealed_for_this_is_refused(text):
    with pytest.raises(NotSealed):
        unseal(KEY, text, Context, 0)


def test_every_changed_character_is_noticed():
    text = seal(KEY, Context("p1"), 9)
    for place, char in enumerate(text[:-1]):  # the last one may hold bits that mean nothing
        changed = text[:place] + ("A" if char != "A" else "B") + text[place + 1 :]
        with pytest.raises(NotSealed):
            unseal(KEY, changed, Context, 0)


def test_a_pseudonym_is_one_of_a_namespace_and_an_identifier():
    assert re.fullmatch(r"[0-9a-f]{64}", pseudonym(KEY, "https://a", "1"))
    told = {
        pseudonym(KEY, *one) for one in [("https://a", "1"), ("https://a1", ""), ("https://", "a1"), ("", "https://a1")]
    }
    assert len(told) == 4
    assert pseudonym(KEY, "n", "1") == pseudonym(KEY, "n", "1") != pseudonym(OTHER, "n", "1")
