"""Discovery: is it there, and is what it lists as the protocol wants it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from cds.conformance.client import Answer, Client, Unreachable
from cds.conformance.result import Observations, Result
from cds.conformance.structure import examine
from cds.conformance.templates import examine_template

__all__ = ["check_discovery", "note_json"]

_OK = 200


def check_discovery(client: Client, seen: Observations) -> list[Mapping[str, Any]]:
    """Ask for discovery.

    Returns:
        the services that can be called: those with a hook and an id.

    Raises:
        Unreachable: nobody answers.
    """
    _check_scheme(client, seen)
    answer = client.send("GET", client.discovery)
    if answer.status == 0:
        raise Unreachable(f"{client.discovery}: {answer.fault}")
    seen.say("discovery-status", None if answer.status == _OK else f"GET {client.discovery} {answer.said}")
    if answer.status != _OK:
        return []
    document = note_json(answer, "discovery", seen)
    if document is None:
        seen.note("discovery-services", Result.NOT_MET, "discovery is no JSON object")
        return []
    examine(document, "discovery", "discovery", seen)
    listed = document.get("services")
    services = [one for one in listed if _callable(one)] if isinstance(listed, list) else []
    for service in services:
        _check_service(service, seen)
    pairs = [(service["id"], service["hook"]) for service in services]
    twice = next((pair for pair in pairs if pairs.count(pair) > 1), None)
    if services:
        seen.say("service-unique", twice and f"id {twice[0]!r} stands twice for {twice[1]}")
    return services


def note_json(answer: Answer, where: str, seen: Observations) -> dict[str, Any] | None:
    """Note whether an answer is JSON and says so; the decoded object, None for anything else."""
    if answer.media_type != "application/json" and not answer.media_type.endswith("+json"):
        seen.note("json", Result.NOT_MET, f"{where}: Content-Type is {answer.media_type or 'missing'}")
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        seen.note("json", Result.NOT_MET, f"{where}: the body is not JSON")
        return None
    seen.note("json", Result.MET)
    return document if isinstance(document, dict) else None


def _check_scheme(client: Client, seen: Observations) -> None:
    if urlsplit(client.base).scheme == "https":
        seen.note("https", Result.MET)
    elif client.loopback:
        seen.note("https", Result.NOT_APPLICABLE, "A service on loopback sends nothing over a network.")
    else:
        seen.note("https", Result.NOT_MET, f"{client.base} is not https")


def _callable(service: Any) -> bool:
    return isinstance(service, dict) and all(
        isinstance(service.get(key), str) and service[key] for key in ("id", "hook")
    )


def _check_service(service: Mapping[str, Any], seen: Observations) -> None:
    service_id = service["id"]
    plain = quote(service_id, safe="!$&'()*+,;=:@") == service_id and service_id not in (".", "..")
    seen.say("service-address", None if plain else f"id {service_id!r} is no segment of an address")
    templates = service.get("prefetch")
    if not isinstance(templates, dict):
        return
    for key, template in templates.items():
        if isinstance(template, str) and template:
            examine_template(template, service["hook"], f"{service_id}.prefetch.{key}", seen)
