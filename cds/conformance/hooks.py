"""The hooks of the public library: which members of their contexts may be prefetch tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["HOOKS", "Hook"]


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook of the library.

    Attributes:
        fields: members of its context that may be prefetch tokens.
        resources: members that may not: Bundles, resources and lists of them.
    """

    fields: tuple[str, ...]
    resources: tuple[str, ...] = ()


_USUAL = ("userId", "patientId", "encounterId")

HOOKS: Mapping[str, Hook] = MappingProxyType(
    {
        "order-select": Hook(_USUAL, ("selections", "draftOrders")),
        "order-sign": Hook(_USUAL, ("draftOrders",)),
        "order-dispatch": Hook(("patientId", "dispatchedOrders", "performer"), ("fulfillmentTasks",)),
        "medication-refill": Hook(_USUAL, ("medications",)),
        "patient-view": Hook(_USUAL),
        "encounter-start": Hook(_USUAL),
        "encounter-discharge": Hook(_USUAL),
        "appointment-book": Hook(_USUAL, ("appointments",)),
        "problem-list-item-create": Hook(_USUAL, ("conditions",)),
        "allergyintolerance-create": Hook(_USUAL, ("allergyIntolerance",)),
    }
)
