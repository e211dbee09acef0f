"""What an EHR does with a suggestion: the orders as they are once it was accepted."""

from __future__ import annotations

import copy
from typing import Any

from cds.protocol.response import FINDINGS_EXTENSION


def accepted(request: dict[str, Any], suggestion: dict[str, Any]) -> dict[str, Any]:
    """The request with every action of a suggestion carried out on its drafts."""
    changed = copy.deepcopy(request)
    context = changed["context"]
    member = "medications" if "medications" in context else "draftOrders"
    entries = context[member].setdefault("entry", [])
    for number, action in enumerate(suggestion["actions"]):
        match action["type"]:
            case "create":
                entries.append({"resource": {**action["resource"], "id": f"suggested-{number}"}})
            case "update":
                (entry,) = [one for one in entries if one["resource"].get("id") == action["resource"]["id"]]
                entry["resource"] = action["resource"]
            case "delete":
                kept = [
                    one
                    for one in entries
                    if f"{one['resource']['resourceType']}/{one['resource'].get('id')}" != action["resourceId"]
                ]
                assert len(kept) == len(entries) - 1
                entries[:] = kept
    if "selections" in context:
        context["selections"] = [f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in entries]
    return changed


def findings(answer: dict[str, Any]) -> dict[str, str]:
    """Indicator by rule, over all cards of an answer."""
    return {one["rule"]: one["indicator"] for card in answer["cards"] for one in card["extension"][FINDINGS_EXTENSION]}
