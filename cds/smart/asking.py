"""Asking an EHR about a launch: its FHIR server and the token endpoint that it names, over checked connections, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from cds.fetch.network import CheckedTransport, private_hosts
from cds.outgoing import json_object
from cds.security import Issuers
from cds.smart.launch import Configuration, Ehr, Refused, read

__all__ = ["SmartServers"]

_SECONDS = 5.0
_MAX_BYTES = 262_144
_HTTPS = 443


class SmartServers:
    """The EHRs that start this service.

    Args:
        issuers: those that the operator names.
    """

    def __init__(self, issuers: Issuers) -> None:
        self._private = private_hosts(issuers)

    async def configuration(self, ehr: Ehr) -> Configuration:
        """What the EHR publishes of its authorisation.

        Raises:
            Refused: it cannot be used.
            OSError: the EHR does not answer.
        """
        status, found = await self._ask("GET", f"{ehr.base}/.well-known/smart-configuration", self._private)
        if status != httpx.codes.OK:
            raise OSError(f"its configuration answered {status}")
        return read(found, ehr)

    async def redeem(self, ehr: Ehr, configuration: Configuration, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """The answer of the token endpoint to a code.

        Raises:
            Refused: the code was not accepted.
            OSError: the EHR does not answer.
        """
        url = httpx.URL(configuration.token_endpoint)
        allowed = self._private
        if ehr.issuer.private_network:  # its authorisation stands in the same network as its FHIR server
            allowed |= {(url.host, url.port or _HTTPS)}
        sent = {"grant_type": "authorization_code", "client_id": ehr.client_id, **fields}
        status, answer = await self._ask("POST", str(url), allowed, sent)
        if status in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED):
            raise Refused("the code was not accepted")
        if status != httpx.codes.OK:
            raise OSError(f"its token endpoint answered {status}")
        return answer

    @staticmethod
    async def _ask(
        method: str, url: str, private: frozenset[tuple[str, int]], fields: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        """At most 256 KiB within 5 seconds, and no other address than this one."""
        try:
            return await json_object(
                method, url, seconds=_SECONDS, most=_MAX_BYTES, transport=CheckedTransport(private, 1), data=fields
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise OSError(type(error).__name__) from None
