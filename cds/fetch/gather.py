"""All that a call still needs, in rounds, until the budget is spent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping

from cds.fetch.client import FhirClient
from cds.fetch.limits import Allowance
from cds.fetch.server import Access
from cds.fhir.asking import Ask, Fetched
from cds.phrases import Phrase

__all__ = ["Plan", "gather"]

Plan = Callable[[Mapping[str, Fetched]], Awaitable[Mapping[str, Ask]]]
"""What to ask next, from what came so far; nothing when all is there. A key that came is not asked again."""

TOO_LATE = Phrase("its FHIR server did not answer in time")
MAX_ROUNDS = 8


async def gather(client: FhirClient, access: Access | Phrase, plan: Plan, until: float) -> Mapping[str, Fetched]:
    """Ask what the plan wants, round by round.

    Args:
        client: the process's client.
        access: the server, or why it is not asked: then that is the reason of everything that is missing.
        plan: what to ask next.
        until: when to stop, on the loop's clock. What has not come by then is missing, and its pages that came are kept.
    """
    fetched: dict[str, Fetched] = {}
    allowance = Allowance.of(client.limits)
    places = asyncio.Semaphore(client.limits.concurrent)

    async def answer(access: Access, ask: Ask, pages: list[bytes]) -> Phrase | None:
        async with places:
            return await client.answer(access, ask, pages, allowance)

    for _ in range(MAX_ROUNDS):
        asks = await plan(fetched)
        if not asks:
            break
        if isinstance(access, Phrase):
            fetched |= {key: Fetched(failure=access) for key in asks}
        else:
            fetched |= await _round(access, asks, answer, until)
    return fetched


async def _round(
    access: Access,
    asks: Mapping[str, Ask],
    answer: Callable[[Access, Ask, list[bytes]], Coroutine[object, object, Phrase | None]],
    until: float,
) -> dict[str, Fetched]:
    """All queries of a round at once; whatever is still under way at the end is called off, and waited for until it has let go."""
    left = until - asyncio.get_running_loop().time()
    if left <= 0:
        return {key: Fetched(failure=TOO_LATE) for key in asks}
    pages: dict[str, list[bytes]] = {key: [] for key in asks}
    tasks = {key: asyncio.create_task(answer(access, ask, pages[key])) for key, ask in asks.items()}
    try:
        await asyncio.wait(tasks.values(), timeout=left)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {
        key: Fetched(
            tuple(pages[key]),
            TOO_LATE if task.cancelled() else task.result(),
            continues=_went_on(asks[key], pages[key], access),
        )
        for key, task in tasks.items()
    }


def _went_on(ask: Ask, pages: list[bytes], access: Access) -> bool:
    """Whether the pages follow the one that the EHR sent."""
    return bool(pages) and ask.link is not None and access.follow(ask.link) is not None
