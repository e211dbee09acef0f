"""Text of the EHR on its way into a card.

Clients render GitHub markdown, some with raw HTML switched on, so whatever comes from a record is data: no markup, no links, one line.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 160
LONGEST_ITEM = 2000
"""Characters of one text of the EHR, and of one item of a list that the service itself puts together."""

_MARKUP = re.compile(r"([\\`*_{}\[\]|~!@#])")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
_LIST_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+])(?=\s|$)")


def plain(text: str, longest: int = LONGEST) -> str:
    """One line of text without control characters, cut to a readable length; for summaries, which are not markdown."""
    visible = text if text.isprintable() else "".join(map(_visible, text))
    line = " ".join(visible.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _visible(char: str) -> str:
    return " " if unicodedata.category(char)[0] in "CZ" else char


def markdown(text: str, longest: int = LONGEST) -> str:
    """The same for a markdown detail: HTML becomes entities, markdown signs and addresses are defused."""
    line = plain(text, longest).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MARKUP.sub(r"\\\1", line)
    line = _ADDRESS.sub(r"\1\\\2", line)
    return _LIST_START.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", line)
