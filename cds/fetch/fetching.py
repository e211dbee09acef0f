"""The step of a call that asks the EHR's FHIR server, with one client for the process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import msgspec

from cds.fetch.client import FhirClient
from cds.fetch.gather import Plan, gather
from cds.fetch.limits import Limits
from cds.fetch.network import private_hosts
from cds.fetch.server import admit
from cds.fhir.asking import Fetched
from cds.security import Issuer, Issuers

__all__ = ["Fetching"]

RESERVE = 0.05
"""Seconds of the budget that are kept for the rules and the wording of the cards."""


class Fetching:
    """Asks for what a call still needs. To be used inside `async with`.

    Args:
        issuers: those that the operator names, whose servers may be asked.
        budget: seconds for a whole answer.
        limits: how much is read at most.
    """

    def __init__(self, issuers: Issuers, budget: float, limits: Limits | None = None) -> None:
        self._issuers = issuers
        self._budget = budget
        self._client = FhirClient(limits, private_hosts(issuers))

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def fetch(
        self, fhir_server: str, authorization: msgspec.Raw | None, issuer: Issuer | None, plan: Plan, since: float
    ) -> Mapping[str, Fetched]:
        """All that the plan wants, as far as the budget goes.

        Args:
            fhir_server: as the call names it.
            authorization: the call's token with its particulars.
            issuer: who calls.
            plan: what to ask next.
            since: when the call came, on the loop's clock.
        """
        access = admit(fhir_server, authorization, self._issuers, issuer)
        return await gather(self._client, access, plan, since + max(self._budget - RESERVE, self._budget / 2))


def clock() -> float:
    """Now, on the loop's clock."""
    return asyncio.get_running_loop().time()
