"""Gaps of supply, and withdrawal symptoms in a gap or in a taper, which call for the earlier dose whatever the limits of a titration step."""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Gap
from cds.chart.reading import Known
from cds.knowledge import Knowledge


def gap_with_withdrawal(chart: Chart) -> Gap | None:
    """The gap before this restart, where withdrawal symptoms began in it."""
    gap = chart.therapy.gap
    return gap.value if isinstance(gap, Known) and gap.value.withdrawal is not None else None


def tolerance_lost(chart: Chart, knowledge: Knowledge) -> Gap | None:
    """The gap after which the dose before is no longer tolerated for certain; none where withdrawal symptoms call for it."""
    gap = chart.therapy.gap
    if not isinstance(gap, Known) or gap.value.withdrawal is not None:
        return None
    return gap.value if gap.value.days > knowledge.figure("restart.gap", chart.evaluation_date) else None


def withdrawal_on_record(chart: Chart) -> str | None:
    """Symptoms with onset in the gap, else in the running taper, in the EHR's words."""
    gap = gap_with_withdrawal(chart)
    return gap.withdrawal if gap else chart.therapy.taper_withdrawal
