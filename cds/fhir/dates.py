"""FHIR dates: a day, a month, a year or a moment, as the days it can mean."""

from __future__ import annotations

import calendar
import functools
import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)


_MAX_CACHED, _MAX_LENGTH = 4096, 40  # dates of records: few bytes, in memory only


@dataclass(frozen=True, slots=True)
class PartialDate:
    """The days a FHIR date can mean.

    Attributes:
        first, last: the same day unless only a month or a year is written.
        moment: the instant, where a time with an offset is written.
    """

    first: date
    last: date
    moment: datetime | None = None

    @property
    def exact(self) -> bool:
        """Whether it names one day."""
        return self.first == self.last


def parse_date(text: str | None, zone: tzinfo | None) -> PartialDate | None:
    """Read a FHIR date, dateTime or instant.

    Args:
        text: as sent.
        zone: the service's time zone. A moment with an offset counts for the day on which it was written there; in UTC (`Z`), which nobody lives by,
            for the day it falls on here.

    Returns:
        None where there is no text, or it is no date.
    """
    if not text:
        return None
    return _parse(text, zone) if len(text) <= _MAX_LENGTH else _parse.__wrapped__(text, zone)


@functools.lru_cache(maxsize=_MAX_CACHED)
def _parse(text: str, zone: tzinfo | None) -> PartialDate | None:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        if month is None:
            return PartialDate(date(int(year), 1, 1), date(int(year), 12, 31))
        if day is None:
            last = calendar.monthrange(int(year), int(month))[1]
            return PartialDate(date(int(year), int(month), 1), date(int(year), int(month), last))
        written = date(int(year), int(month), int(day))
        if hour is None or offset is None:
            return PartialDate(written, written)
        moment = datetime.fromisoformat(f"{written}T{hour}:{minute}:{second or '00'}{offset.replace('Z', '+00:00')}")
        here = moment.astimezone(zone)
        day = here.date() if offset == "Z" else written
        return PartialDate(day, day, here)
    except (ValueError, OverflowError):
        return None


def parse_day(text: str | None, zone: tzinfo | None) -> date | None:
    """The day a FHIR date names, its first day where it is partial; None where it is no date."""
    parsed = parse_date(text, zone)
    return parsed.first if parsed else None
