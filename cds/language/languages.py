"""The languages the service speaks."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "fr"]
"""ISO 639-1 code; English is the language of the message ids."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
