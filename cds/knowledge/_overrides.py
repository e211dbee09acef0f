"""Override reasons: from the checked document to the reasons of each rule."""

from __future__ import annotations

from collections.abc import Iterable

from cds.documents import Document
from cds.knowledge.rule_entries import OverrideReason, RuleEntry


def override_reasons(document: Document) -> dict[str, OverrideReason]:
    """The reasons by key.

    Raises:
        DocumentError: two reasons share a code.
    """
    found: dict[str, OverrideReason] = {}
    by_code: dict[str, str] = {}
    for key, entry in document.data["reasons"].items():
        other = by_code.setdefault(entry["code"], key)
        if other != key:
            raise document.error(f"code {entry['code']!r} is taken by {other}", ("reasons", key, "code"))
        found[key] = OverrideReason(key, entry["code"], entry["display"])
    return found


def overrides_by_rule(
    document: Document, reasons: dict[str, OverrideReason], rules: Iterable[RuleEntry]
) -> dict[str, tuple[OverrideReason, ...]]:
    """What each rule offers, by its id: its own list, else that of its family.

    Raises:
        DocumentError: a family offers an unknown reason, or nobody offers one of the reasons.
    """
    families: dict[str, list[str]] = document.data["families"]
    for family, keys in families.items():
        for place, key in enumerate(keys):
            if key not in reasons:
                raise document.error(f"unknown override reason {key!r}", ("families", family, place))
    found = {rule.id: rule.overrides or tuple(families.get(rule.family, ())) for rule in rules}
    used = {key for keys in (*families.values(), *found.values()) for key in keys}
    for key in reasons:
        if key not in used:
            raise document.error(f"nobody offers the override reason {key!r}", ("reasons", key))
    return {rule: tuple(reasons[key] for key in keys) for rule, keys in found.items()}
