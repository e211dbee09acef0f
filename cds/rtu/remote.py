"""A registry elsewhere, asked over HTTP (`cds.rtu.lookup` answers there).

It is sent the patient's pseudonym and never the EHR's id, in the body and never in the address. Both services share the secret from which
pseudonyms are made.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from types import TracebackType
from typing import Self

import httpx
import msgspec

from cds.chart.patient import Opinion
from cds.chart.reading import Absent, Unknown
from cds.chart.registration import RegistryAnswer, RegistryQuestion
from cds.outgoing import client
from cds.phrases import Phrase
from cds.rtu.registry import TIMED_OUT, answered, sought, unanswered
from cds.rtu.wire import PATH, Lookup, LookupAnswer, sendable
from cds.security import is_loopback

__all__ = ["RemoteRegistry"]

UNREACHABLE = Phrase("the registry could not be reached")
NOT_ADMITTED = Phrase("the registry does not accept this service’s token")
FAILED = Phrase("the registry answered with an error")
UNREADABLE = Phrase("the registry’s answer could not be read")
NOT_ALL_ASKED = Phrase("the registry could not be asked for every identifier of the prescriber")
_MAX_ANSWER = 65_536  # bytes; an answer has a few hundred
_OK = 200
_NOT_ADMITTED = frozenset({401, 403})
_log = logging.getLogger(__name__)
_answer = msgspec.json.Decoder(LookupAnswer)


class _Refused(Exception):
    """An answer that tells nothing."""

    def __init__(self, because: Phrase) -> None:
        super().__init__(because)
        self.because = because


class RemoteRegistry:
    """The registry of another baclofen-cds. To be used inside `async with`.

    Args:
        url: address of the registry, such as https://cds.example.org/registry: https, or http on this machine.
        token: the bearer token that it takes.
        seconds: for a whole answer.
        key: `Keys.pseudonym`.

    Raises:
        ValueError: the address would send the token over the network in the clear, or is none.
    """

    def __init__(self, url: str, token: str, seconds: float, key: bytes) -> None:
        try:
            base = httpx.URL(url.rstrip("/"))
        except httpx.InvalidURL:
            raise ValueError("the registry's address cannot be read") from None
        if base.scheme != "https" and not (base.scheme == "http" and is_loopback(base.host)):
            raise ValueError("the registry's address is neither https nor on this machine")
        self._url = f"{base}{PATH}"
        self._asked = Phrase("the registry at {host}", host=base.host)
        self._seconds = seconds
        self._key = key
        self._http = client(
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            }
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def ask(self, namespace: str, question: RegistryQuestion) -> RegistryAnswer:
        """What the registry answers; unknown where it does not."""
        name, keys = sought(self._key, namespace, question)
        asked = sendable(keys)
        body = msgspec.json.encode(Lookup(name, asked))
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._post(body)
        except TimeoutError:
            return self._unanswered(TIMED_OUT)
        except _Refused as refused:
            return self._unanswered(refused.because)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return self._unanswered(UNREACHABLE)
        except Exception as error:  # noqa: BLE001 -- whatever a strange server brings about, the rest of the answer stands
            _log.warning("the registry failed: %s", type(error).__qualname__)
            return self._unanswered(FAILED)
        opinions = tuple(Opinion(each.kind, each.date) for each in answer.opinions)
        told = answered(
            self._asked,
            question,
            patient=answer.patient,
            prescriber=answer.prescriber,
            last_visit=answer.last_visit,
            opinions=opinions,
        )
        if isinstance(told.prescriber, Absent) and len(asked) < len(keys):
            return replace(told, prescriber=Unknown(NOT_ALL_ASKED))
        return told

    async def _post(self, body: bytes) -> LookupAnswer:
        async with self._http.stream("POST", self._url, content=body) as response:
            if response.status_code != _OK:
                raise _Refused(NOT_ADMITTED if response.status_code in _NOT_ADMITTED else FAILED)
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _MAX_ANSWER:
                    raise _Refused(UNREADABLE)
        try:
            return _answer.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _Refused(UNREADABLE) from None

    def _unanswered(self, because: Phrase) -> RegistryAnswer:
        _log.warning("the registry was not asked: %s", because.template)
        return unanswered(self._asked, because)
