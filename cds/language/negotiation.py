"""Which language an `Accept-Language` header asks for."""

from __future__ import annotations

import re

from cds.language.languages import LANGUAGES, Language

__all__ = ["negotiate"]

_RANGE = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*(?P<q>0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*",
    re.ASCII,
)
_LONGEST = 1000  # characters; browsers send a few dozen


def negotiate(header: str | None, default: Language, *, issuer: Language | None = None) -> Language:
    """The language of ours that the caller likes best (RFC 9110 §12.5.4); regional variants count for their language.

    Args:
        header: the `Accept-Language` header, as sent; ranges that cannot be read are passed over.
        default: where the header is missing, or accepts none of our languages, or likes several equally without naming one.
        issuer: the language configured for the calling EHR, which then takes the place of the default.
    """
    default = issuer or default
    if not header:
        return default
    liked: dict[str, float] = {}
    for item in header[:_LONGEST].split(","):
        match = _RANGE.fullmatch(item)
        if match is None:
            continue
        language = match["tag"].partition("-")[0].lower()
        weight = float(match["q"] or 1)
        liked[language] = max(weight, liked.get(language, 0.0))
    others = liked.get("*", 0.0)
    named = [language for language in liked if language in LANGUAGES]
    candidates: list[Language] = [language for language in LANGUAGES if liked.get(language, others) > 0]
    if not candidates:
        return default

    def preference(language: Language) -> tuple[float, int, bool]:
        earlier = -named.index(language) if language in named else -len(named)
        return liked.get(language, others), earlier, language == default

    return max(candidates, key=preference)
