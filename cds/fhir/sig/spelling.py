"""One spelling: small letters, no accents, fractions written out, abbreviations without dots."""

from __future__ import annotations

import re
import unicodedata

_VULGAR = {
    "½": " 1/2",
    "¼": " 1/4",
    "¾": " 3/4",
    "⅓": " 1/3",
    "⅔": " 2/3",
    "⅛": " 1/8",
    "×": " x ",
    "÷": " / ",
    "œ": "oe",
    "’": "'",
}

_VULGAR_LETTERS = re.compile("|".join(_VULGAR))

_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")

_ELISION = re.compile(r"\b(?:[dlsjcmt]|qu)'")


def normal_text(text: str) -> str:
    """Small letters, no accents, fractions written out, abbreviations without dots."""
    spelled = _VULGAR_LETTERS.sub(lambda match: _VULGAR[match[0]], text)
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", spelled.casefold()) if not unicodedata.combining(each)
    )
    plain = plain.replace("⁄", "/").replace("jusqu'", "jusqu ").replace("n'", "ne ")
    plain = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain)
    return _ELISION.sub(" ", plain)
