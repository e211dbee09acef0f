"""The changes that a card may suggest, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.orders import Order
from cds.rules.finding import Fact

ServiceKey = Literal["creatinine", "second_opinion", "collegial_opinion"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is taken for a while.

    Attributes:
        intakes: mg of each intake of a day, in order.
        start: the first day.
        days: how long; None for a last stage that is kept.
    """

    intakes: tuple[Fraction, ...]
    start: date
    days: int | None = None

    @property
    def daily_dose(self) -> Fraction:
        """mg/day."""
        first, times = self.intakes[0], len(self.intakes)
        equal = all(intake is first for intake in self.intakes)
        return first * times if equal else sum(self.intakes, Fraction(0))


@dataclass(frozen=True, slots=True)
class Redose:
    """The draft is kept with another dosage.

    Attributes:
        order: the draft.
        stages: in order; several for a stepwise reduction.
        to_zero: after the last stage nothing is taken.
    """

    order: Order
    stages: tuple[Stage, ...]
    to_zero: bool = False


@dataclass(frozen=True, slots=True)
class Taper:
    """A new order comes after one that is stopped or running: a taper to zero.

    Attributes:
        order: the order it replaces.
        stages: in order, each of known length.
    """

    order: Order
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """The as-needed draft is kept with a maximum of so many mg a day."""

    order: Order
    daily_maximum: Fraction


@dataclass(frozen=True, slots=True)
class Mention:
    """The draft is kept with a note that the law asks for."""

    order: Order
    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The draft is taken back; nothing that runs is touched."""

    order: Order


@dataclass(frozen=True, slots=True)
class Request:
    """An examination or an opinion is requested."""

    service: ServiceKey


Change = Redose | Taper | Limit | Mention | Withdraw | Request


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend findings.

    Attributes:
        key: its key in the rules' `remedies` and in `cds/knowledge/remedies.yaml`.
        change: what it does.
        mends: rules that say nothing more once it is done; empty where it follows an advice that the rule goes on giving.
        facts: placeholders of its texts.
    """

    key: str
    change: Change
    mends: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
