"""The HTTP client: one for the process, its connections kept.

It follows no redirect or link away from the server asked, keeps no cookies, reads no proxy from the environment, and logs neither addresses
nor tokens.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

import httpx

from cds.fetch.limits import Allowance, Limits
from cds.fetch.network import CheckedTransport, ForbiddenAddress
from cds.fetch.pages import CUT_SHORT, LED_AWAY, REDIRECTS, TOO_LARGE, Refused, body_of, check_status, check_type
from cds.fetch.server import Access
from cds.fhir.asking import Ask
from cds.fhir.bundle import read_bundle
from cds.outgoing import client
from cds.phrases import Phrase

__all__ = ["FhirClient"]

UNREACHABLE = Phrase("its FHIR server could not be reached")
FORBIDDEN_ADDRESS = Phrase("its FHIR server has an address that this service may not connect to")
TOO_MANY = Phrase("its FHIR server sent more pages than are read")
_log = logging.getLogger(__name__)


class FhirClient:
    """Reads and searches, page by page. To be used inside `async with`.

    Args:
        limits: how much is read at most.
        private: hosts and ports that may have private addresses.
    """

    def __init__(self, limits: Limits | None = None, private: frozenset[tuple[str, int]] = frozenset()) -> None:
        self.limits = limits or Limits()
        self._http = client(
            transport=CheckedTransport(private, self.limits.connections),
            headers={"Accept": "application/fhir+json, application/json;q=0.9", "Accept-Encoding": "gzip"},
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def answer(self, access: Access, ask: Ask, pages: list[bytes], allowance: Allowance) -> Phrase | None:
        """One read or search: pages are added as they come, so that they stay where the rest takes too long.

        Returns:
            why they are not the whole answer; None where nothing failed.
        """
        try:
            await self._pages(access, ask, pages, allowance)
        except Refused as refused:
            _log.info("a FHIR query for %s was not answered: %s", ask.type, refused.because.template)
            return refused.because
        except Exception as error:  # noqa: BLE001 -- whatever a strange server brings about, the rest of the answer stands; no trace, which may quote it
            _log.error("a FHIR query for %s failed: %s", ask.type, type(error).__qualname__)
            return CUT_SHORT
        return None

    async def _pages(self, access: Access, ask: Ask, pages: list[bytes], allowance: Allowance) -> None:
        url = access.url(ask.query)
        if ask.link is not None:
            followed = access.follow(ask.link)
            url = url if followed is None else followed  # a link that leads elsewhere: search anew
        seen = set()
        entries = 0
        while True:
            seen.add(url)
            body = await self._page(access, ask, url, allowance)
            if ask.read:
                pages.append(body)
                return
            bundle = read_bundle(body)
            entries += len(bundle.entry or ())
            if entries > self.limits.entries:
                raise Refused(TOO_LARGE)
            pages.append(body)
            if not bundle.cut:
                return
            following = access.follow(bundle.next or "")
            if following is None:
                raise Refused(LED_AWAY)
            if following in seen or len(pages) >= self.limits.pages:
                raise Refused(TOO_MANY)
            url = following

    async def _page(self, access: Access, ask: Ask, url: httpx.URL, allowance: Allowance) -> bytes:
        try:
            return await self._once(access, ask, url, allowance)
        except Refused as refused:
            if not refused.again:
                raise
        return await self._once(access, ask, url, allowance)

    async def _once(
        self, access: Access, ask: Ask, url: httpx.URL, allowance: Allowance, *, redirected: bool = False
    ) -> bytes:
        """One request. The token goes with it only because the address lies on the server that the token is for."""
        if allowance.requests <= 0 or allowance.bytes <= 0:
            raise Refused(TOO_LARGE)
        allowance.requests -= 1
        headers = {"Authorization": f"Bearer {access.token}"} if access.token else {}
        try:
            async with self._http.stream("GET", url, headers=headers) as response:
                if response.status_code not in REDIRECTS or redirected:
                    check_status(response, ask)
                    body = await body_of(response, self.limits, allowance)
                    check_type(body, ask)
                    return body
                target = access.follow(str(url.join(response.headers.get("location", ""))))
        except httpx.ConnectError as error:
            if isinstance(error.__cause__, ForbiddenAddress):
                raise Refused(FORBIDDEN_ADDRESS) from None
            raise Refused(UNREACHABLE, again=True) from None
        except httpx.TransportError:
            raise Refused(CUT_SHORT, again=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise Refused(LED_AWAY) from None
        if target is None:
            raise Refused(LED_AWAY)
        return await self._once(access, ask, target, allowance, redirected=True)
