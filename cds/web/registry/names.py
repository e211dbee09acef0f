"""Whether two names are the same person's, as people write them."""

from __future__ import annotations

import unicodedata

__all__ = ["same_name"]

_TITLES = frozenset({"dr", "docteur", "doctor", "pr", "professeur", "prof", "mme", "m"})


def same_name(one: str, other: str) -> bool:
    """Whether two names agree but for case, accents, blanks, punctuation, titles and the order of their words; an empty one with none."""
    first, second = _words(one), _words(other)
    return bool(first) and (sorted(first) == sorted(second) or "".join(first) == "".join(second))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return [word for word in letters.split() if word not in _TITLES]
