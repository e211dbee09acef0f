"""The machine: takes a real request, changes it step by step, and asks for an answer after every step."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.fuzz.changes import CHANGES, spoil
from tests.fuzz.properties import hold
from tests.fuzz.seeds import SERVICE_OF, Seed, seeds
from tests.fuzz.service import Service
from tests.fuzz.values import encode

NUMBERS = st.integers(0, 100_000)
SEEDS = st.sampled_from(seeds())
TAILS = st.sampled_from([b"", b"}", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b'"', b'{"hook":"order-sign"}', b",", b"\xc3"])


class Requests(RuleBasedStateMachine):
    """One request in the course of its changes. A change that makes the service refuse the request is taken back, so that the next one
    has a request to work on that is read to the end."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.document: Any = {}
        self.before: Any = {}
        self.address = ""
        self.seed = seeds()[0]

    @initialize(seed=SEEDS)
    def begin(self, seed: Seed) -> None:
        note(f"seed {seed.name}")
        self.seed = seed
        self.document = seed.document
        self.before = seed.document
        self.address = SERVICE_OF[self.document["hook"]]

    @rule(change=st.sampled_from(sorted(CHANGES)), where=NUMBERS, what=NUMBERS)
    def change(self, change: str, where: int, what: int) -> None:
        CHANGES[change](self.document, where, what)

    @rule(where=NUMBERS, what=NUMBERS)
    def spoil_an_answer(self, where: int, what: int) -> None:
        if isinstance(self.document, dict):
            spoil(self.document, where, what)

    @rule(at=NUMBERS, bit=st.integers(0, 7), tail=TAILS)
    def damage_a_bit(self, at: int, bit: int, tail: bytes) -> None:
        """On the wire only: the request itself stays as it was."""
        body = bytearray(encode(self.document))
        body[at % len(body)] ^= 1 << bit
        self._send(bytes(body) + tail)

    @rule(at=NUMBERS, tail=TAILS)
    def cut_off(self, at: int, tail: bytes) -> None:
        """The same: the body ends early, and may end strangely."""
        body = encode(self.document)
        self._send(body[: at % len(body)] + tail)

    @rule(at=NUMBERS, inserted=TAILS)
    def insert(self, at: int, inserted: bytes) -> None:
        """The same: bytes where they do not belong."""
        body = encode(self.document)
        place = at % len(body)
        self._send(body[:place] + inserted + body[place:])

    @invariant()
    def it_is_answered(self) -> None:
        if not self.address:
            return
        if self._send(encode(self.document)) == 200:
            self.before = copy.deepcopy(self.document)
        else:
            self.document = copy.deepcopy(self.before)

    def _send(self, body: bytes) -> int:
        first = self.service.post(self.address, body, self.seed.now)
        if first[0] >= 500:
            note(f"the request: {body[:3000]!r}")
        hold(*first)
        assert self.service.post(self.address, body, self.seed.now) == first, "another answer to the same request"
        return first[0]
