import io
import json
import logging
import warnings

import pytest
import structlog

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
    """Logs in JSON, every level; what was configured before comes back."""
    root = logging.getLogger()
    handlers, level, show = root.handlers[:], root.level, warnings.showwarning
    lines = Lines()
    configure_logs("debug", "json", lines.stream)
    yield lines
    logging.captureWarnings(capture=False)
    warnings.showwarning = show
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
