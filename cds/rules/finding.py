"""What a rule says: what it found, or why it is silent."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.phrases import Phrase


class Indicator(enum.IntEnum):
    """CDS Hooks indicator, ordered by urgency."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def code(self) -> Literal["info", "warning", "critical"]:
        """The indicator as the protocol writes it."""
        match self:
            case Indicator.INFO:
                return "info"
            case Indicator.WARNING:
                return "warning"
            case Indicator.CRITICAL:
                return "critical"


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its UCUM unit, as it stands in a finding's `values` and, worded, in its texts."""

    value: Fraction
    unit: str


Value = Measure | tuple[str, ...]
Fact = Measure | Fraction | int | str | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer.

    Attributes:
        rule: rule id.
        indicator: how urgent.
        message: key of the rule's texts in `cds/knowledge/rules`.
        values: the figures compared, under the names of the contract (dailyDose, maximum, eGFR …).
        facts: further placeholders of the texts. Strings come from the EHR and are escaped where they are worded.
        notes: keys of shared note texts that belong on the card (`indication_unknown`, `at_least` …).
        references: ids of references this finding rests on; empty means those of the rule.
    """

    rule: str
    indicator: Indicator
    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """Why a rule says nothing, for the person who asks: on which figures, or for want of what.

    Attributes:
        why: a sentence of ours whose `{placeholders}` are filled when somebody reads it; until then it costs nothing.
        facts: what fills it, as in a finding.
    """

    why: Phrase
    facts: Mapping[str, Fact] = field(default_factory=dict)
