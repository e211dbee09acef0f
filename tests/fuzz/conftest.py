"""One service for all that is sent here; its log is not of interest."""

from __future__ import annotations

import pytest

from tests.fuzz.service import Service


@pytest.fixture(scope="session")
def service():
    with Service() as running:
        yield running
