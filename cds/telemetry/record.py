"""What may be told of one request, collected while it is answered.

The record is the request's own: the middleware makes it and hands it down in a context variable, so that whoever fetches, authenticates or sets limits
can say what happened in one line (`limited("body")`) and knows nothing of logs or metrics. Outside a request, on the command line or
in a test, what is said goes nowhere.
"""

from __future__ import annotations

import re
import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["CURRENT", "Lap", "Record", "current", "fetch_failed", "limited", "refused", "request_id"]

_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{16,64}")
"""Hexadecimal digits and hyphens: UUIDs and the ids of the usual proxies. Nothing that could spell a name."""

_SENTENCE = re.compile(r"[A-Za-z][A-Za-z0-9 ,(){}'_-]{0,79}")
_BETWEEN = re.compile(r"(\{\w*\}|[^a-z0-9{])+")


class Lap(NamedTuple):
    """A stretch of time, in ns of the process's clock."""

    phase: str
    start: int
    end: int


@dataclass(slots=True)
class Record:
    """One request.

    Attributes:
        id: given by a proxy, else made here.
        service: service id, `other` for an unknown one, None where the request is no hook call.
        hook: its hook; None likewise.
        issuer: the caller's name in the operator's file; None where it is not known.
        concerned: whether the call concerned the service; None where it was not evaluated.
        findings: rule id and indicator of every finding.
        silenced: the same of every finding that the operator keeps from the prescriber.
        silenced_cards: indicator of every card more that there would be if silent rules spoke.
        cards: indicator of every card.
        unknown: kinds of what could not be read.
        fetch_failures: how often a fetch failed, by kind.
        limits: how often a limit was hit, by kind.
        feedback: counts of what was told of cards; empty where the request is no feedback.
        outcomes: rule, or `unknown`, and outcome of what was told for the first time.
        refusal: why authentication failed; None where it did not.
        error: type of the error that was answered; None without one.
        laps: the phases, one after the other; a phase may come more than once.
        spent: ns by phase.
        began: ns since the epoch.
    """

    id: str = ""
    service: str | None = None
    hook: str | None = None
    issuer: str | None = None
    concerned: bool | None = None
    findings: tuple[tuple[str, str], ...] = ()
    silenced: tuple[tuple[str, str], ...] = ()
    silenced_cards: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    fetch_failures: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    feedback: dict[str, int] = field(default_factory=dict)
    outcomes: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    error: str | None = None
    laps: list[Lap] = field(default_factory=list)
    spent: dict[str, int] = field(default_factory=dict)
    began: int = field(default_factory=time.time_ns)
    _start: int = field(default_factory=time.perf_counter_ns)

    def lap(self, phase: str) -> None:
        """End a phase that began where the last one ended, or with the request."""
        start = self.laps[-1].end if self.laps else self._start
        end = time.perf_counter_ns()
        self.laps.append(Lap(phase, start, end))
        self.spent[phase] = self.spent.get(phase, 0) + end - start

    def identity(self) -> dict[str, str]:
        """What ties other log lines to this request; empty outside a request."""
        return {"request_id": self.id} if self.id else {}

    def whole(self) -> int:
        """Ns since the request began."""
        return time.perf_counter_ns() - self._start

    def moment(self, clock: int) -> int:
        """A reading of the process's clock as ns since the epoch."""
        return self.began + clock - self._start


CURRENT: ContextVar[Record | None] = ContextVar("cds_request", default=None)


def current() -> Record:
    """The record of the request that is being answered; one that nobody reads where there is none."""
    return CURRENT.get() or Record()


def refused(reason: str) -> None:
    """Authentication failed, and why, in a sentence of ours; never anything of the token."""
    current().refusal = _kind(reason)


def limited(kind: str) -> None:
    """A limit was hit: of the body, the rate and so on."""
    _add(current().limits, kind)


def fetch_failed(why: str) -> None:
    """Something could not be fetched, and why, in a sentence of ours with its `{placeholders}` unfilled; never an address."""
    _add(current().fetch_failures, why)


def request_id(given: str | None) -> str:
    """The id that a proxy gave the request where it is plainly an id; else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _add(counts: dict[str, int], sentence: str) -> None:
    kind = _kind(sentence)
    counts[kind] = counts.get(kind, 0) + 1


def _kind(sentence: str) -> str:
    """A sentence of ours as it stands in a log and a label: `the_token_has_expired`. Whatever cannot be one is `other`."""
    return _BETWEEN.sub("_", sentence.lower()).strip("_") if _SENTENCE.fullmatch(sentence) else "other"
