"""The README shows a real request and the answer that it really gets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cds.cards.identity import Identities
from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for
from cds.protocol.response import encode_response
from cds.security import NO_SECRET, load_issuers
from cds.settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_request_gets_the_card_shown() -> None:
    request, shown = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL))
    call = decode_request(json.dumps(request).encode(), service_for("baclofen-order-sign"))
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    first, second = json.loads(encode_response(evaluate(call, load_knowledge(), Settings(), now)))["cards"]
    identities = Identities(NO_SECRET.card, (rule.id for rule in load_knowledge().rules), ())
    read = [
        identities.card(each.pop("uuid")) for each in (first, shown)
    ]  # it tells the knowledge's version, which changes
    assert read[0] == replace(read[1], knowledge=read[0].knowledge)
    assert first == shown
    assert second["summary"] in README.read_text()


def test_the_file_of_issuers_is_one(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```yaml\n(issuers:.*?)```", README.read_text(), re.DOTALL)
    file = tmp_path / "issuers.yaml"
    file.write_text(shown)
    (suite,) = load_issuers(file).known
    assert (suite.iss, suite.authentication) == ("https://ehr.example.org", "jwt")
    assert suite.jku == ("http://127.0.0.1:8790/.well-known/jwks.json",)
    assert load_issuers(file).serves(suite, "http://127.0.0.1:8790/fhir")
