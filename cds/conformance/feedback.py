"""Feedback, which a service may take or leave."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cds.conformance.calls import Judged
from cds.conformance.client import Client
from cds.conformance.result import Observations, Result

__all__ = ["check_feedback"]

_NOT_OFFERED = (404, 405, 501)


def check_feedback(client: Client, service: Mapping[str, Any], answers: Sequence[Judged], seen: Observations) -> None:
    """Tell that a card was overridden: one that the service sent, if any had a uuid, else a made-up one.

    A made-up card may be refused; what the service says to a real one counts.
    """
    sent = next(((one, card) for one, document in answers if (card := _card(document)) is not None), None)
    real = sent is not None
    to, card = sent if sent is not None else (service, str(uuid.uuid4()))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    item = {"card": card, "outcome": "overridden", "outcomeTimestamp": now}
    answer = client.post(f"{client.address(to['id'])}/feedback", {"feedback": [item]})
    if answer.status in _NOT_OFFERED:
        for check in ("feedback", "feedback-accepted"):
            seen.note(check, Result.NOT_APPLICABLE, "Not offered, as the protocol allows.")
        return
    seen.note("feedback", Result.MET)
    if 200 <= answer.status < 300:  # noqa: PLR2004 -- the range of HTTP's successes
        seen.note("feedback-accepted", Result.MET)
    elif real:
        seen.note("feedback-accepted", Result.NOT_MET, f"{to['id']}: feedback on its card {answer.said}")


def _card(document: Mapping[str, Any]) -> str | None:
    cards = document.get("cards")
    found = (card.get("uuid") for card in cards if isinstance(card, dict)) if isinstance(cards, list) else ()
    return next((one for one in found if isinstance(one, str) and one), None)
