"""The README shows a real request and the answer that it really gets."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for
from cds.protocol.response import encode_response
from cds.settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_request_gets_the_card_shown() -> None:
    request, shown = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL))
    call = decode_request(json.dumps(request).encode(), service_for("baclofen-order-sign"))
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    first, second = json.loads(encode_response(evaluate(call, load_knowledge(), Settings(), now)))["cards"]
    assert first == shown
    assert second["summary"] in README.read_text()
