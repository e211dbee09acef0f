"""What the pages of the registry share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cds.knowledge import Knowledge
from cds.rtu.keys import rpps_keys
from cds.rtu.listing import Listing
from cds.rtu.model import Prescriber
from cds.rtu.stored import Register, fresh_id
from cds.rtu.validation import faults
from cds.security import Keys
from cds.web.frame import Frame

__all__ = ["Desk", "Endpoints"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages work with.

    Attributes:
        register: the records.
        listing: the records in lists.
        keys: of the service.
        knowledge: since when the programme has been open, and how often patients are seen.
        namespaces: the EHRs' addresses that the operator names.
    """

    register: Register
    listing: Listing
    keys: Keys
    knowledge: Knowledge
    namespaces: tuple[str, ...]

    @property
    def opened(self) -> date:
        """The day on which the programme began."""
        start = self.knowledge.period("rtu.programme").start
        return date.min if start is None else start

    def interval(self, today: date) -> int:
        """Longest time between two visits, days."""
        return int(self.knowledge.figure("rtu.follow_up_days", today))

    async def known_by_rpps(self, rpps: str) -> Prescriber | None:
        """The prescriber who is registered with this RPPS number."""
        return await self.register.prescriber(rpps_keys(rpps)) if rpps else None

    def usable_keys(self, given: tuple[str, ...], today: date) -> tuple[str, ...]:
        """The keys of an EHR that the registry can keep."""
        probe = Prescriber(fresh_id(), today)
        return tuple(sorted({key for key in given if not faults(replace(probe, keys=(key,)), today)}))


class Endpoints:
    """Pages of the registry.

    Args:
        frame: of the pages.
        desk: what they work with.
    """

    def __init__(self, frame: Frame, desk: Desk) -> None:
        self._frame = frame
        self._desk = desk
