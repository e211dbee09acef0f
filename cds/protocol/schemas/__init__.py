"""JSON Schemas (2020-12) of what goes over the wire.

Strict for what the service sends (`discovery`, `response`), honest for what it accepts (`request`, `feedback`).
"""

import json
from importlib import resources
from typing import Any, Literal

__all__ = ["schema"]


def schema(name: Literal["discovery", "feedback", "request", "response"]) -> dict[str, Any]:
    """The schema of this name, decoded anew."""
    found: dict[str, Any] = json.loads(resources.files(__name__).joinpath(f"{name}.schema.json").read_bytes())
    return found
