"""What two threads must not do at once: msgspec crashes the process where they use a type of its for the first time together."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from fhir_fixtures.expand import expand
from tests.ops.running import running

WITH_CARDS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import yaml
import cds.app
from cds.evaluation import Pending, begin
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import encode_response
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of

knowledge, built = load_knowledge(), []

def watch(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_name == "get_class_annotations" and "msgspec" in code.co_filename:
        built.append(frame.f_locals["obj"].__qualname__)

sys.setprofile(watch)
cases = 0
for file in sorted(Path("fhir_fixtures/boundaries").glob("*/*.yaml")):
    for case in yaml.safe_load(file.read_text())[:2]:
        now = datetime.combine(today_of(case["case"]), datetime.min.time(), UTC)
        body = json.dumps(expand(case["case"]), default=str).encode()
        begun = begin(decode_request(body, service_for_hook(body)), knowledge, Settings(), now)
        encode_response((begun.finish(None) if isinstance(begun, Pending) else begun).response)
        cases += 1
sys.setprofile(None)
print(cases, *sorted(set(built)))
"""


def test_no_type_is_made_while_an_order_is_checked() -> None:
    """All are made when their module is imported, which one thread does."""
    root = Path(__file__).resolve().parents[1]
    run = subprocess.run([sys.executable, "-c", WITH_CARDS], cwd=root, capture_output=True, text=True, check=True)
    cases, *made = run.stdout.split()
    assert int(cases) > 100
    assert made == []


def test_the_watch_sees_a_type_that_is_made() -> None:
    late = WITH_CARDS.replace(
        "cases += 1", "cases += 1; Late = type('Late', (msgspec.Struct,), {}); msgspec.convert({}, Late)"
    )
    root = Path(__file__).resolve().parents[1]
    code = f"import msgspec\n{late}"
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.split()[1:] == ["Late"]


@pytest.mark.parametrize("starts", range(3))
def test_large_first_calls_at_once(tmp_path: Path, starts: int) -> None:
    """Bodies of more than 16 KiB are evaluated in threads; the first of a process come together."""
    case = {"drafts": [{"mg": 30, "times": 3, "prior": "old"}], "file": [{"mg": 30, "times": 3, "authored": "-20d"}]}
    request = expand({**case, "labs": [{"egfr": 40, "date": f"-{day}d"} for day in range(1, 90)], "age": 70})
    body = json.dumps(request, default=str).encode()
    assert len(body) > 20_000
    with running(tmp_path) as service:
        answers: list[int] = []

        def ask() -> None:
            for _ in range(5):
                answer = httpx.post(
                    f"{service.url}/cds-services/baclofen-order-sign",
                    content=body,
                    headers={"content-type": "application/json"},
                    timeout=20,
                )
                answers.append(answer.status_code if answer.json()["cards"] else 0)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert answers == [200] * 40
        assert service.stop() == 0
