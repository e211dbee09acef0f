"""Withdrawal symptoms in a gap of supply or in a taper: the earlier dose is resumed, and the limits of a titration step do not apply."""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Gap
from cds.chart.reading import Known


def gap_with_withdrawal(chart: Chart) -> Gap | None:
    """The gap before this restart, where withdrawal symptoms began in it."""
    gap = chart.therapy.gap
    return gap.value if isinstance(gap, Known) and gap.value.withdrawal is not None else None


def withdrawal_on_record(chart: Chart) -> str | None:
    """Symptoms with onset in the gap, else in the running taper, in the EHR's words."""
    gap = gap_with_withdrawal(chart)
    return gap.withdrawal if gap else chart.therapy.taper_withdrawal
