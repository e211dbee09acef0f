"""A failure in words that quote nobody: by its type and place, never by its message, which may hold the patient's record."""

from __future__ import annotations

import traceback

import structlog

from cds.telemetry.record import current

__all__ = ["log_failure", "trail"]

_LONGEST_CHAIN = 5


def log_failure(what: str, error: BaseException) -> None:
    """Log an exception without its message.

    Args:
        what: what failed, in words of ours.
        error: the exception; its causes are told with it.
    """
    structlog.get_logger("cds").error(what, failure=trail(error), **current().identity())


def trail(error: BaseException) -> str:
    """Type and places of an exception, then those of its causes, the innermost frame first."""
    told: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(told) < _LONGEST_CHAIN:
        frames = traceback.extract_tb(cause.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        told.append(f"{type(cause).__module__}.{type(cause).__qualname__} at {places or 'an unknown place'}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "; from ".join(told)
