"""The service in memory, to be called with whatever a test needs."""

import asyncio

import httpx

from cds.app import create_app
from cds.cards.identity import Identities
from cds.evaluation import begin
from cds.feedback import FeedbackLog
from cds.security import NO_ISSUERS, NO_SECRET
from cds.settings import Settings
from cds.telemetry import Telemetry
from tests.charts import KNOWLEDGE

FEEDBACK = "/cds-services/baclofen-order-sign/feedback"
SIGN = "/cds-services/baclofen-order-sign"
BUILD = {"version": "1.2.3", "knowledge": "2026-01-01"}


class Service:
    """One application with its telemetry; each call is a request to it."""

    def __init__(
        self, *, evaluate=begin, spans=None, client=("127.0.0.1", 9), store=None, issuers=NO_ISSUERS, **settings
    ):
        self.telemetry = Telemetry(BUILD, spans)
        feedback = None
        if store is not None:
            identities = Identities(NO_SECRET.card, (rule.id for rule in KNOWLEDGE.rules), KNOWLEDGE.remedies)
            feedback = FeedbackLog(store, identities)
        self.app = create_app(
            Settings(**settings),
            KNOWLEDGE,
            evaluate,
            issuers=issuers,
            telemetry=self.telemetry,
            store=store,
            feedback=feedback,
        )
        self._client = client

    def __call__(self, method="POST", path=SIGN, *, whole_life=False, **options):
        async def send():
            if not whole_life:
                return await ask()
            async with self.app.router.lifespan_context(self.app):
                return await ask()

        async def ask():
            transport = httpx.ASGITransport(app=self.app, client=self._client)
            async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def metrics(self):
        content, _ = self.telemetry.metrics.exposition("")
        return content.decode()

    def figure(self, name, **labels):
        """The value of one series; 0 where there is none."""
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        for line in self.metrics().splitlines():
            series, _, value = line.rpartition(" ")
            found, _, given = series.removesuffix("}").partition("{")
            if found == name and wanted == set(filter(None, given.split(","))):
                return float(value)
        return 0
