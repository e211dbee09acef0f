"""Why rules are silent: the sentences that several of them share.

A figure that was compared stands in the sentence beside the line it was held against: "80 mg/day: not above 80 mg/day".
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.reading import Unknown
from cds.phrases import Phrase
from cds.rules.finding import Measure, Silent

__all__ = ["NOTHING_BY_MOUTH", "NOTHING_ORDERED", "NO_AMOUNT", "cannot_be_told", "not_above", "not_below", "not_sent"]

NOTHING_BY_MOUTH = Silent(Phrase("No baclofen by mouth is being ordered."))
NO_AMOUNT = Silent(Phrase("No daily dose can be told; DoseNotComputable says so."))

_NOT_ABOVE = Phrase("{value}: not above {limit}.")
_NOT_BELOW = Phrase("{value}: not below {limit}.")


def not_above(value: Fraction, limit: Fraction, unit: str) -> Silent:
    """A figure that is at its upper line or below it."""
    return Silent(_NOT_ABOVE, {"value": Measure(value, unit), "limit": Measure(limit, unit)})


def not_below(value: Fraction, limit: Fraction, unit: str) -> Silent:
    """A figure that is at its lower line or above it."""
    return Silent(_NOT_BELOW, {"value": Measure(value, unit), "limit": Measure(limit, unit)})


NOTHING_ORDERED = Silent(Phrase("No baclofen is being ordered."))

_CANNOT_BE_TOLD = Phrase("{what}: cannot be told, because {because}.")
_NOT_SENT = Phrase("{what}: cannot be told, because {because}. ChecksIncomplete says so.")


def cannot_be_told(what: Phrase, unknown: Unknown) -> Silent:
    """What the rule asks for is unknown, and nothing else says so."""
    return Silent(_CANNOT_BE_TOLD, {"what": what, "because": unknown.because})


def not_sent(what: Phrase, unknown: Unknown) -> Silent:
    """What the rule asks for is unknown for want of a part of the record that ChecksIncomplete names."""
    return Silent(_NOT_SENT, {"what": what, "because": unknown.because})
