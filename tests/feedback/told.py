"""Ids of cards and suggestions as the service makes them, and a store for the length of a test."""

import asyncio
from datetime import UTC, datetime

from cds.cards.identity import CardIdentity, Identities, SuggestionIdentity, card_id, suggestion_id
from cds.feedback import FeedbackLog
from cds.store import Store

KEY = b"k" * 32
RULES = ("OralDailyMaximum", "RenalSevere", "RenalModerate", "ChecksIncomplete")
IDENTITIES = Identities(KEY, RULES, ("dose", "cancel"))
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def card(seed, rule="RenalSevere", indicator="critical", hook="order-sign"):
    return card_id(CardIdentity(rule, indicator, hook, "abcd"), KEY, str(seed))


def suggestion(seed, remedy="dose", rule="RenalSevere"):
    return suggestion_id(SuggestionIdentity(rule, remedy), KEY, str(seed))


def log(store):
    return FeedbackLog(store, IDENTITIES)


def run(database, work):
    async def main():
        store = Store(database)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(main())
