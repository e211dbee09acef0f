"""Rules that an operator keeps from the prescribers of one organisation, with the reason why.

`silent`: the rule is evaluated and counted and answers nothing, so that a hospital sees how often it would speak. `off`: it misfires there, and is
neither answered nor counted among what would have been. `shown`: it speaks where all others are silent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from cds.documents import Document

__all__ = ["NO_MODES", "Kept", "Mode", "Modes", "read_modes"]

Mode = Literal["shown", "silent", "off"]
Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision of the operator.

    Attributes:
        mode: `silent`, `off` or `shown`.
        reason: why, for the catalogue.
        since: from which day; informative, the decision holds while it stands in the file.
    """

    mode: Mode
    reason: str
    since: date


@dataclass(frozen=True, slots=True)
class Modes:
    """What is kept from one organisation.

    Attributes:
        every: the decision about every rule; None where there is none.
        rules: the decisions about single rules; they go before it.
    """

    every: Kept | None = None
    rules: Mapping[str, Kept] = field(default_factory=dict)

    def of(self, rule: str) -> Mode:
        """What is to become of a rule's findings; `shown` where nobody decided."""
        decision = self.decision(rule)
        return "shown" if decision is None else decision.mode

    def decision(self, rule: str) -> Kept | None:
        """The decision about a rule; None where there is none."""
        return self.rules.get(rule, self.every)


NO_MODES = Modes()


def read_modes(entry: dict[str, Any], where: Where, document: Document, rules: Collection[str] | None) -> Modes:
    """Take the members `silent` and `rules` out of an issuer's entry.

    Args:
        entry: the entry, changed in place.
        where: its place in the document.
        document: the file, for the place of an error.
        rules: the ids that there are; None does not check.

    Raises:
        DocumentError: a day is none of the calendar, or a rule does not exist.
    """
    every, single = entry.pop("silent", None), entry.pop("rules", {})
    for rule in single:
        if rules is not None and rule not in rules:
            raise document.error(f"there is no rule {rule!r}; `baclofen-cds rules` lists them", (*where, "rules", rule))
    return Modes(
        None if every is None else _kept({"mode": "silent"} | every, (*where, "silent"), document),
        {rule: _kept(said, (*where, "rules", rule), document) for rule, said in single.items()},
    )


def _kept(said: Mapping[str, Any], where: Where, document: Document) -> Kept:
    try:
        return Kept(said["mode"], said["reason"], date.fromisoformat(said["since"]))
    except ValueError:
        raise document.error(f"{said['since']!r} is no day of the calendar", (*where, "since")) from None
