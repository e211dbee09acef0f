"""Feedback over HTTP: from the card that an answer carried to what is kept of it."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from sqlalchemy import select

from cds.cards.identity import Identities, knowledge_mark
from cds.examples import ORDER_SIGN
from cds.security import NO_SECRET, load_issuers
from cds.store import Store, sqlite_url
from cds.store.tables import Feedback, ShownCard, Tally
from cds.telemetry import configure_logs
from tests.calls import body
from tests.charts import KNOWLEDGE
from tests.store.conftest import database, postgresql
from tests.telemetry.service import FEEDBACK, SIGN, Service

__all__ = ["database", "postgresql"]

EXAMPLE = ORDER_SIGN.read_bytes()
IDENTITIES = Identities(NO_SECRET.card, (rule.id for rule in KNOWLEDGE.rules), KNOWLEDGE.remedies)


class Running(Service):
    """The service in memory with a store, for several calls in one life."""

    def __init__(self, url, **settings):
        self.store = Store(url)
        super().__init__(store=self.store, **settings)

    def live(self, work):
        async def main():
            async with self.app.router.lifespan_context(self.app):
                transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 9))
                async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
                    found = await work(client)
            return found

        return asyncio.run(main())


def tell(client, *items, path=FEEDBACK):
    return client.post(path, content=body({"feedback": list(items)}))


async def kept(store, table):
    async with store.session() as session:
        return (await session.scalars(select(table))).all()


def test_the_card_of_an_answer_is_understood_when_it_comes_back(database):
    service = Running(database)

    async def work(client):
        answer = (await client.post(SIGN, content=EXAMPLE)).json()
        card = answer["cards"][0]
        (suggestion, *_) = card["suggestions"]
        reason = card["overrideReasons"][0]
        first = await tell(
            client,
            {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [{"id": suggestion["uuid"]}]},
            {
                "card": card["uuid"],
                "outcome": "overridden",
                "overrideReason": {"reason": reason, "userComment": "seen"},
            },
            {"outcome": "overridden"},
        )
        again = await tell(
            client, {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [suggestion["uuid"]]}
        )
        return card, first, again, await kept(service.store, Feedback)

    card, first, again, rows = service.live(work)
    assert (first.status_code, first.json()) == (200, {"received": 3, "repeated": 0, "unknown": 1})
    assert (again.status_code, again.json()) == (200, {"received": 1, "repeated": 1, "unknown": 0})
    assert first.headers["cache-control"] == "no-store"
    accepted, overridden, unknown = rows
    topic = card["source"]["topic"]["code"]
    for row in (accepted, overridden):
        assert (row.rule, row.indicator, row.hook) == (topic, card["indicator"], "order-sign")
        assert row.knowledge == knowledge_mark(KNOWLEDGE.version)
    assert len(json.loads(accepted.remedies)) == 1
    assert (overridden.reason_code, overridden.comment) == (card["overrideReasons"][0]["code"], "seen")
    assert (unknown.known, unknown.card, unknown.rule) == (False, "", None)
    assert service.figure("cds_feedback_total", rule=topic, outcome="accepted") == 1
    assert service.figure("cds_feedback_total", rule=topic, outcome="overridden") == 1
    assert service.figure("cds_feedback_total", rule="unknown", outcome="overridden") == 1


def test_every_card_and_suggestion_of_an_answer_says_what_it_is(tmp_path):
    service = Running(sqlite_url(tmp_path))

    async def work(client):
        return [(await client.post(SIGN, content=EXAMPLE)).json() for _ in range(2)]

    first, second = service.live(work)
    assert first == second
    for card in first["cards"]:
        identity = IDENTITIES.card(card["uuid"])
        assert (identity.rule, identity.indicator) == (card["source"]["topic"]["code"], card["indicator"])
        for suggestion in card.get("suggestions", ()):
            assert IDENTITIES.suggestion(suggestion["uuid"]).rule == identity.rule


def test_answers_are_counted_and_their_cards_kept(database):
    service = Running(database)

    async def work(client):
        return (await client.post(SIGN, content=EXAMPLE)).json()

    answer = service.live(work)

    async def read():
        found = await kept(service.store, ShownCard), await kept(service.store, Tally)
        await service.store.close()
        return found

    cards, tallies = asyncio.run(read())
    assert {(row.card, row.rule, row.indicator, row.hook) for row in cards} == {
        (card["uuid"], card["source"]["topic"]["code"], card["indicator"], "order-sign") for card in answer["cards"]
    }
    counted = {(row.kind, row.name): row.count for row in tallies}
    assert counted["call", "concerned"] == 1
    assert sum(count for (kind, _), count in counted.items() if kind == "latency") == 1
    assert {name for kind, name in counted if kind == "finding"} >= {row.rule for row in cards}


def test_what_silent_rules_find_is_counted_and_nobody_sees_it(database, tmp_path, capfd):
    server = "https://north.example.org/fhir"
    file = tmp_path / "issuers.yaml"
    file.write_text(
        f"issuers: [{{name: north, iss: 'urn:north', fhir_servers: ['{server}'], authentication: none, jurisdiction: US, "
        "silent: {reason: the committee looks first, since: 2026-11-02}}]"
    )
    loud, silent = Running(sqlite_url(tmp_path)), Running(database, issuers=load_issuers(file))
    call = json.dumps(json.loads(EXAMPLE) | {"fhirServer": server})

    async def work(client):
        return (await client.post(SIGN, content=call)).json()

    said = loud.live(work)["cards"]
    configure_logs("info", "json")
    assert silent.live(work) == {"cards": []}
    line = next(json.loads(each) for each in capfd.readouterr().err.splitlines() if '"silenced"' in each)

    async def read():
        found = await kept(silent.store, ShownCard), await kept(silent.store, Tally)
        await silent.store.close()
        return found

    cards, tallies = asyncio.run(read())
    assert cards == []
    counted = {(row.kind, row.name, row.detail): row.count for row in tallies if row.kind.startswith("silenced")}
    found = {(one["rule"], one["indicator"]) for card in said for one in card["extension"]["org.baclofen-cds.findings"]}
    assert len(found) >= 3
    assert {key for key in counted if key[0] == "silenced"} == {("silenced", *one) for one in found}
    assert sum(count for (kind, *_), count in counted.items() if kind == "silenced_card") == len(said)
    assert counted["silenced_call", "", ""] == 1
    assert line["silenced"] == dict(found)
    assert (line["cards"], line["silenced_cards"]) == (0, len(said))
    for rule, indicator in found:
        labels = {"issuer": "north", "rule": rule, "indicator": indicator, "hook": "order-sign"}
        assert silent.figure("cds_silenced_total", **labels) == 1
    for indicator in {card["indicator"] for card in said}:
        number = sum(card["indicator"] == indicator for card in said)
        assert silent.figure("cds_silenced_cards_total", issuer="north", indicator=indicator) == number
    assert "cds_cards_total{" not in silent.metrics()


def test_what_was_left_out_is_named(tmp_path):
    service = Running(sqlite_url(tmp_path))

    async def work(client):
        return await tell(client, {"outcome": "accepted"}, {"card": "x"}, "text")

    answer = service.live(work)
    assert answer.status_code == 200
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert [(issue["severity"], issue.get("expression")) for issue in outcome["issue"]] == [
        ("information", None), ("warning", ["feedback[1].outcome"]), ("warning", ["feedback[2]"]),
    ]  # fmt: skip
    assert outcome["issue"][0]["details"]["text"].startswith("1 items are kept, 0 of them told before, 1 of unknown")


@pytest.mark.parametrize(
    ("options", "status", "name"),
    [
        ({"content": b"{"}, 400, None),
        ({"content": b'{"feedback": [{"card": "x"}]}'}, 400, "feedback[0].outcome"),
        ({"content": b"x" * 2000}, 413, None),
        ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415, None),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path, options, status, name):
    service = Running(sqlite_url(tmp_path), max_body=1000)

    async def work(client):
        answer = await client.post(FEEDBACK, **options)
        return answer, await kept(service.store, Feedback)

    answer, rows = service.live(work)
    assert (answer.status_code, rows) == (status, [])
    (issue,) = answer.json()["issue"]
    assert issue.get("expression") == (None if name is None else [name])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/cds-services/nobody/feedback", 404), ("GET", FEEDBACK, 405), ("POST", f"{FEEDBACK}/more", 404)],
)
def test_other_addresses_and_methods(tmp_path, method, path, status):
    service = Running(sqlite_url(tmp_path))

    async def work(client):
        return await client.request(method, path, content=body({"feedback": [{"outcome": "accepted"}]}))

    assert service.live(work).status_code == status


def test_a_service_without_a_store_takes_none():
    assert Service()(path=FEEDBACK, content=b'{"feedback": [{"outcome": "accepted"}]}').status_code == 404


def test_while_the_store_is_down_calls_are_answered_and_feedback_is_refused(tmp_path):
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")
    service = Running(sqlite_url(folder))

    async def work(client):
        card = await client.post(SIGN, content=EXAMPLE)
        refused = await tell(client, {"outcome": "accepted"})
        folder.unlink()
        return card, refused, await tell(client, {"outcome": "accepted"})

    card, refused, after = service.live(work)
    assert card.json()["cards"]
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    (issue,) = refused.json()["issue"]
    assert issue["code"] == "transient"
    assert issue["details"]["text"].startswith("Nothing of this feedback was stored")
    assert after.json() == {"received": 1, "repeated": 0, "unknown": 1}
