"""structlog: JSON, one object a line, on standard error; for people where standard error is a terminal.

What libraries log goes the same way, and without its message: an HTTP client logs the addresses it asks, and those hold ids of
patients. The server's own messages are kept, since they speak of ports and signals.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO, Literal, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor

from cds.telemetry.failures import trail
from cds.telemetry.record import current

__all__ = ["configure_logs"]

_TOLD = ("cds", "uvicorn")
"""Loggers whose messages may be told, with those below them."""

_encoder = msgspec.json.Encoder(enc_hook=lambda value: type(value).__name__)


def configure_logs(
    level: str, form: Literal["auto", "json", "console"] = "auto", stream: TextIOWrapper | None = None
) -> None:
    """Send every log to one stream in one form.

    Args:
        level: critical, error, warning, info or debug.
        form: `json`, `console`, or `auto`: console where the stream is a terminal.
        stream: where to write; else standard error.
    """
    out = stream or cast(TextIOWrapper, sys.stderr)
    number = logging.getLevelNamesMapping()[level.upper()]
    for_people = form == "console" or (form == "auto" and out.isatty())
    for_console: list[Processor] = [structlog.dev.ConsoleRenderer(colors=out.isatty()), _as_bytes]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamp,
            *(for_console if for_people else [_as_json]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(cast(BinaryIO, out.buffer)),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=number, handlers=[_Passed()], force=True)
    logging.captureWarnings(capture=True)


def _stamp(_: object, __: str, event: EventDict) -> EventDict:
    event["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _as_json(_: object, __: str, event: EventDict) -> bytes:
    return _encoder.encode(event)


def _as_bytes(_: object, __: str, line: Any) -> bytes:
    return str(line).encode(errors="replace")


class _Passed(logging.Handler):
    """Hands on to structlog what the standard library's loggers are told."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the message of a trusted logger, and only the place of any other's."""
        error = record.exc_info[1] if record.exc_info else None
        told = record.name.split(".", 1)[0] in _TOLD
        fields = {} if told else {"place": f"{record.filename}:{record.lineno} {record.funcName}"}
        if error is not None:
            fields["failure"] = trail(error)
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        event = record.getMessage() if told else "a library logged something, which is left out"
        structlog.get_logger("cds").log(level, event, logger=record.name, **fields, **current().identity())
