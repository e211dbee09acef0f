"""Points in time of a record, to the minute where they are written so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from cds.chart.build.sources import Sources
from cds.chart.intrathecal import Moment

LAST_MINUTE = time(23, 59)


def moment_of(text: str | None, sources: Sources) -> Moment | None:
    """The minute a FHIR date names, or all the minutes of the days it can mean; None where it is no date."""
    parsed = sources.partial_date(text)
    if parsed is None:
        return None
    if parsed.moment is not None:
        minute = parsed.moment.replace(second=0, microsecond=0)
        return Moment(minute, minute)
    return _days(parsed.first, parsed.last, sources)


def any_minute_of(day: date | None, sources: Sources) -> Moment | None:
    """Any minute of a day."""
    return None if day is None else _days(day, day, sources)


def _days(first: date, last: date, sources: Sources) -> Moment:
    zone = sources.now.tzinfo or UTC
    return Moment(datetime.combine(first, time(), zone), datetime.combine(last, LAST_MINUTE, zone))
