"""Gaps of supply, and withdrawal symptoms in a gap or in a taper, which call for the earlier dose whatever the limits of a titration step."""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import Gap
from cds.chart.reading import Absent, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS
from cds.rules.finding import Measure, Silent
from cds.rules.silence import cannot_be_told

GAP = Phrase("A gap in supply before this order")

_NO_GAP = Silent(Phrase("No order that this one goes on from had run out of supply."))
_WITHDRAWAL = Phrase(
    "Withdrawal symptoms on record began in the gap in supply or are undated ({symptoms}): RestartWithdrawal speaks of them."
)
_SHORT_GAP = Phrase("{gap} without supply: not above {limit}.")


def gap_with_withdrawal(chart: Chart) -> Gap | None:
    """The gap before this restart, where withdrawal symptoms began in it or are undated."""
    gap = chart.therapy.gap
    return gap.value if isinstance(gap, Known) and gap.value.withdrawal is not None else None


def tolerance_lost(chart: Chart, knowledge: Knowledge) -> Gap | None:
    """The gap after which the dose before is no longer tolerated for certain; none where withdrawal symptoms call for it."""
    gap = chart.therapy.gap
    if not isinstance(gap, Known) or gap.value.withdrawal is not None:
        return None
    return gap.value if gap.value.days > knowledge.figure("restart.gap", chart.evaluation_date) else None


def tolerance_kept(chart: Chart, knowledge: Knowledge) -> Silent:
    """Why `tolerance_lost` finds no gap."""
    match chart.therapy.gap:
        case Known(gap) if gap.withdrawal is not None:
            return Silent(_WITHDRAWAL, {"symptoms": gap.withdrawal})
        case Known(gap):
            limit = knowledge.figure("restart.gap", chart.evaluation_date)
            return Silent(_SHORT_GAP, {"gap": Measure(Fraction(gap.days), DAYS), "limit": Measure(limit, DAYS)})
        case Absent():
            starts = chart.therapy.starts  # where that is open, so is whether an order came before
            return cannot_be_told(GAP, starts) if isinstance(starts, Unknown) else _NO_GAP
        case Unknown() as unknown:
            return cannot_be_told(GAP, unknown)


def withdrawal_on_record(chart: Chart) -> str | None:
    """Symptoms with onset in the gap or without one, else those of the running taper, in the EHR's words."""
    gap = gap_with_withdrawal(chart)
    return gap.withdrawal if gap else chart.therapy.taper_withdrawal
