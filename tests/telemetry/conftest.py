import io
import json

import pytest

from cds.telemetry import configure_logs


class Lines:
    """What was logged, as bytes and as objects."""

    def __init__(self):
        self._bytes = io.BytesIO()
        self.stream = io.TextIOWrapper(self._bytes, encoding="utf-8")

    def text(self):
        self.stream.flush()
        return self._bytes.getvalue().decode()

    def all(self):
        return [json.loads(line) for line in self.text().splitlines()]

    def own(self):
        """What the service itself said, without the libraries of the test."""
        return [line for line in self.all() if "logger" not in line]

    def requests(self):
        return [line for line in self.all() if line["event"] == "request"]


@pytest.fixture
def logged():
    """Logs in JSON, every level."""
    lines = Lines()
    configure_logs("debug", "json", lines.stream)
    return lines
