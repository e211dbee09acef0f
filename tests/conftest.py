import logging
import warnings

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_as_they_were():
    """What a test decides about logs ends with it: its streams are closed when the next one writes."""
    root = logging.getLogger()
    handlers, level, show = root.handlers[:], root.level, warnings.showwarning
    yield
    if structlog.is_configured():
        logging.captureWarnings(capture=False)
        warnings.showwarning = show
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
