"""The whole application, called without a network at a moment of our choice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette

from cds._pages import playground_of
from cds.app import Evaluate, create_app
from cds.cards.identity import Identities
from cds.evaluation import begin
from cds.feedback import FeedbackLog
from cds.feedback.source import StoredFigures
from cds.knowledge import Knowledge, load_knowledge
from cds.limits import Serving
from cds.security import NO_SECRET
from cds.settings import Settings
from cds.store import Store
from cds.web import web_routes
from cds.web.safety import safety_area

JSON = [(b"content-type", b"application/json")]


def application(evaluate: Evaluate[Knowledge] = begin, database: str | None = None) -> Starlette:
    """The service with its pages, which asks no FHIR server.

    Args:
        evaluate: what answers a call.
        database: address of one for feedback; without it none is taken.
    """
    knowledge = load_knowledge()
    store = Store(database) if database else None
    identities = Identities(NO_SECRET.card, (rule.id for rule in knowledge.rules), knowledge.remedies)
    feedback = FeedbackLog(store, identities) if store else None
    settings = Settings(serving=Serving(rate=1_000_000))
    areas = [playground_of(settings, knowledge)]
    if store:
        areas.append(safety_area(StoredFigures(store), knowledge))
    pages = web_routes(knowledge, areas=areas)
    return create_app(settings, knowledge, evaluate, pages, store=store, feedback=feedback)


class Service:
    """Answers POST requests; counts what it answered."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.counted: Counter[str] = Counter()
        self.app = application(self._answer)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def _answer(self, request, knowledge, settings, _now, **options):
        return begin(request, knowledge, settings, self.now, **options)

    def post(self, service_id: str, body: bytes, now: datetime) -> tuple[int, Any]:
        """Status and decoded body of an answer.

        Raises:
            ValueError: the answer is not JSON.
        """
        self.now = now
        status, content = self._runner.run(self._call(f"/cds-services/{service_id}", body))
        self.counted["requests"] += 1
        self.counted[f"status {status}"] += 1
        return status, json.loads(content)

    async def _call(self, path: str, body: bytes) -> tuple[int, bytes]:
        sent: list[dict[str, Any]] = []
        pieces = [body]

        async def receive() -> dict[str, Any]:
            return (
                {"type": "http.request", "body": pieces.pop(), "more_body": False}
                if pieces
                else {"type": "http.disconnect"}
            )

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": JSON,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
