"""A marker in every text of a request: what the service says may hold none of them."""

import re
from itertools import count

MARK = "zqmark"
_NAMES_THE_SHAPE = frozenset({"hook", "resourceType"})
_IDS = frozenset({"id", "patientId", "encounterId"})
_OF_STANDARDS = frozenset({"system", "code", "unit", "url"})
_WORDS = re.compile(r"[a-z]+(-[a-z]+)*")
_TEXTS = frozenset(
    {
        "text",
        "display",
        "family",
        "given",
        "div",
        "note",
        "comment",
        "patientInstruction",
        "description",
        "title",
        "label",
    }
)


def marked(document, *, keep_valid):
    """The request with a marker in every string.

    Args:
        document: decoded JSON.
        keep_valid: leave what the service needs in order to understand the call: words of the standards, codes, dates and units stay, names
            and texts get a marker added, and ids and addresses become markers, the same for the same one.
    """
    return _Marking(keep_valid=keep_valid).value("", document)


class _Marking:
    def __init__(self, *, keep_valid):
        self._keep_valid = keep_valid
        self._numbers = count()
        self._ids = {}

    def value(self, key, value):
        match value:
            case dict():
                return {name: self.value(name, item) for name, item in value.items()}
            case list():
                return [self.value(key, item) for item in value]
            case str() if key not in _NAMES_THE_SHAPE:
                return self._text(key, value) if self._keep_valid else self._marker()
            case _:
                return value

    def _text(self, key, value):
        if key in _TEXTS:
            return f"{value} {self._marker()}"
        if key in _IDS:
            return self._id(value)
        if key in _OF_STANDARDS or _WORDS.fullmatch(value) or value[:1].isdigit():
            return value
        kind, slash, identity = value.rpartition("/")
        return f"{kind}/{self._id(identity)}" if slash and kind.isalpha() else self._id(value)

    def _id(self, value):
        if value not in self._ids:
            self._ids[value] = self._marker()
        return self._ids[value]

    def _marker(self):
        return f"{MARK}{next(self._numbers)}"


def kept(document):
    """The strings that were left and would tell of somebody: codes, dates, addresses; those with a figure, of six characters at least."""
    match document:
        case dict():
            return {found for item in document.values() for found in kept(item)}
        case list():
            return {found for item in document for found in kept(item)}
        case str() if len(document) >= 6 and any(letter.isdigit() for letter in document):
            return {document}
        case _:
            return set()
