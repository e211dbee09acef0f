"""A bounded part of what `make fuzz` does, the same each time."""

from __future__ import annotations

import pytest

from tests.fuzz.runs import RUNS, Run, bounded
from tests.fuzz.service import Service


@pytest.mark.parametrize(("run", "examples"), RUNS.values(), ids=RUNS)
def test_holds(run: Run, examples: int, service: Service) -> None:
    run(service, bounded(examples, derandomize=True))
