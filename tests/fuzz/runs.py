"""What is run, in `make test` for a bounded number of examples and in `make fuzz` until the time is up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.machine import Requests
from tests.fuzz.seeds import Seed, boundary_seeds, findings
from tests.fuzz.service import Service
from tests.fuzz.unknown import FAULTS, IRRELEVANT, comparable, in_another_order, lost_in_silence, with_more

WHOLE = tuple(seed for seed in boundary_seeds() if seed.document.get("prefetch") and "faults" not in seed.name)
SEEDS = st.sampled_from(WHOLE)
STEPS = 12
"""Changes to one request."""

Run = Callable[[Service, settings], None]


def bounded(examples: int, *, derandomize: bool) -> settings:
    """How many examples, and whether the same each time."""
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=derandomize,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def changed_requests(service: Service, extent: settings) -> None:
    """Whatever is done to a request, it is answered, and the answer is sound."""
    run_state_machine_as_test(lambda: Requests(service), settings=extent)  # type: ignore[no-untyped-call]


def unknown_is_not_none(service: Service, extent: settings) -> None:
    """Data that is missing takes no finding away in silence."""

    @given(seed=SEEDS, which=st.integers(0, 15), fault=st.sampled_from(FAULTS))
    @extent
    def holds(seed: Seed, which: int, fault: str) -> None:
        prefetch = seed.document["prefetch"]
        keys = [key for key, answer in prefetch.items() if answer is not None]
        if keys:
            service.counted["spoilt"] += 1
            lost = lost_in_silence(seed, keys[which % len(keys)], fault)
            assert not lost, (seed.name, keys[which % len(keys)], fault, lost)

    holds()


def order_is_of_no_account(service: Service, extent: settings) -> None:
    """The order of prefetch keys and of what a search found changes no finding."""

    @given(seed=SEEDS, turn=st.integers(1, 30))
    @extent
    def holds(seed: Seed, turn: int) -> None:
        service.counted["reordered"] += 1
        request = seed.document
        assert comparable(findings(in_another_order(request, turn), seed.now)) == comparable(
            findings(request, seed.now)
        )

    holds()


def more_is_of_no_account(service: Service, extent: settings) -> None:
    """A resource that no rule reads changes no finding."""

    @given(seed=SEEDS, resource=st.sampled_from(IRRELEVANT), own_key=st.booleans())
    @extent
    def holds(seed: Seed, resource: dict[str, object], own_key: bool) -> None:
        service.counted["added to"] += 1
        request = seed.document
        more = with_more(request, resource, own_key=own_key)
        assert comparable(findings(more, seed.now)) == comparable(findings(request, seed.now))

    holds()


RUNS: Mapping[str, tuple[Run, int]] = MappingProxyType(
    {
        "changed requests": (changed_requests, 40),
        "unknown is not none": (unknown_is_not_none, 200),
        "order is of no account": (order_is_of_no_account, 100),
        "more is of no account": (more_is_of_no_account, 100),
    }
)
"""Each with its number of examples in `make test`."""
