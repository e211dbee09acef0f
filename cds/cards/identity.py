"""Ids of cards and suggestions that say what they are ids of, and prove that this service made them.

A UUID of version 8 (RFC 9562) leaves 122 bits free, from the most significant:

    card        format 2 | rule 16 | indicator 2 | hook 3 | knowledge 16 | nonce 51 | MAC 32
    suggestion  format 2 | rule 16 | remedy 16 | nonce 56 | MAC 32

Rule, remedy and knowledge are the first bits of the SHA-256 of a rule id, a remedy's key and the knowledge's version. The nonce comes from the call, so
that the same call gives the same ids. The MAC is the beginning of the HMAC-SHA256 of the 90 bits before it. So feedback is understood without anything having been
written when the card was shown, and nobody else's id is taken for one of ours (one in 2^32 guesses is).
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["CardIdentity", "Identities", "SuggestionIdentity", "card_id", "knowledge_mark", "suggestion_id"]

INDICATORS = ("info", "warning", "critical")
HOOKS = (
    "order-select",
    "order-sign",
    "medication-refill",
    "patient-view",
    "encounter-start",
    "encounter-discharge",
)
"""Their numbers stand in ids that are stored elsewhere: new ones go to the end."""

_CARD, _SUGGESTION = 1, 2
_FREE, _MAC = 122, 32
_SAID = _FREE - _MAC
_CARD_NONCE, _SUGGESTION_NONCE = 51, 56
_NAME = 16
_VERSION = 8


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """What a card's id says.

    Attributes:
        rule: id of the rule that leads the card.
        indicator: `info`, `warning` or `critical`.
        hook: the hook that was answered.
        knowledge: `knowledge_mark` of the knowledge it was made with.
    """

    rule: str
    indicator: str
    hook: str
    knowledge: str


@dataclass(frozen=True, slots=True)
class SuggestionIdentity:
    """What a suggestion's id says.

    Attributes:
        rule: id of the rule that leads its card.
        remedy: the remedy's key.
    """

    rule: str
    remedy: str


def knowledge_mark(version: str) -> str:
    """Four hexadecimal digits that tell one version of the knowledge from another."""
    return f"{_digest(version):04x}"


def card_id(identity: CardIdentity, key: bytes, seed: str) -> str:
    """The id of a card.

    Args:
        identity: what it says.
        key: `Keys.card`.
        seed: identifies the call.

    Raises:
        ValueError: the indicator or the hook is none that an id can say.
    """
    said = _packed(
        (_CARD, 2),
        (_digest(identity.rule), _NAME),
        (INDICATORS.index(identity.indicator), 2),
        (HOOKS.index(identity.hook), 3),
        (int(identity.knowledge, 16), _NAME),
        (_nonce(f"{seed}/{identity.rule}", _CARD_NONCE), _CARD_NONCE),
    )
    return _written(said, key)


def suggestion_id(identity: SuggestionIdentity, key: bytes, seed: str) -> str:
    """The id of a suggestion; arguments as of `card_id`."""
    said = _packed(
        (_SUGGESTION, 2),
        (_digest(identity.rule), _NAME),
        (_digest(identity.remedy), _NAME),
        (_nonce(f"{seed}/{identity.rule}/{identity.remedy}", _SUGGESTION_NONCE), _SUGGESTION_NONCE),
    )
    return _written(said, key)


class Identities:
    """Reads ids that come back.

    Args:
        key: `Keys.card`.
        rules: ids of all rules.
        remedies: keys of all remedies.

    Raises:
        ValueError: two names cannot be told apart by their digests.
    """

    def __init__(self, key: bytes, rules: Iterable[str], remedies: Iterable[str]) -> None:
        self._key = key
        self._rules = _by_digest(rules)
        self._remedies = _by_digest(remedies)

    def card(self, text: str) -> CardIdentity | None:
        """What a card's id says; None where it is not of this service, or of a rule that there is no longer."""
        said = _read(text, self._key)
        if said is None:
            return None
        kind, rule, indicator, hook, knowledge, _ = _unpacked(said, 2, _NAME, 2, 3, _NAME, _CARD_NONCE)
        if kind != _CARD or rule not in self._rules or indicator >= len(INDICATORS) or hook >= len(HOOKS):
            return None
        return CardIdentity(self._rules[rule], INDICATORS[indicator], HOOKS[hook], f"{knowledge:04x}")

    def suggestion(self, text: str) -> SuggestionIdentity | None:
        """What a suggestion's id says; None as of `card`."""
        said = _read(text, self._key)
        if said is None:
            return None
        kind, rule, remedy, _ = _unpacked(said, 2, _NAME, _NAME, _SUGGESTION_NONCE)
        if kind != _SUGGESTION or rule not in self._rules or remedy not in self._remedies:
            return None
        return SuggestionIdentity(self._rules[rule], self._remedies[remedy])


def _digest(name: str) -> int:
    return _nonce(name, _NAME)


def _nonce(text: str, bits: int) -> int:
    """The first bits of a SHA-256, at most 64."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big") >> (64 - bits)


def _by_digest(names: Iterable[str]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for name in names:
        before = found.setdefault(_digest(name), name)
        if before != name:
            raise ValueError(f"{name} and {before} have the same digest: one of them needs another name")
    return found


def _packed(*fields: tuple[int, int]) -> int:
    """Numbers of so many bits each, one after the other."""
    whole = 0
    for value, bits in fields:
        whole = whole << bits | value
    return whole


def _unpacked(whole: int, *widths: int) -> list[int]:
    found = []
    for bits in reversed(widths):
        found.append(whole & ((1 << bits) - 1))
        whole >>= bits
    return found[::-1]


def _mac(said: int, key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, said.to_bytes((_SAID + 7) // 8, "big"), "sha256")[: _MAC // 8], "big")


def _written(said: int, key: bytes) -> str:
    free = said << _MAC | _mac(said, key)
    first, second, third = free >> 74, free >> 62 & 0xFFF, free & ((1 << 62) - 1)
    return str(uuid.UUID(int=first << 80 | _VERSION << 76 | second << 64 | 0b10 << 62 | third))


def _read(text: str, key: bytes) -> int | None:
    """What stands before the MAC; None where the text is no such id, or the MAC is of another key."""
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    if found.variant != uuid.RFC_4122 or found.version != _VERSION:
        return None
    whole = found.int
    free = (whole >> 80) << 74 | (whole >> 64 & 0xFFF) << 62 | whole & ((1 << 62) - 1)
    said, mac = free >> _MAC, free & ((1 << _MAC) - 1)
    return said if hmac.compare_digest(mac.to_bytes(4, "big"), _mac(said, key).to_bytes(4, "big")) else None
