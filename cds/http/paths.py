"""Addresses as the router sees them."""

from __future__ import annotations

from starlette.types import Scope

__all__ = ["path_below"]


def path_below(scope: Scope) -> str:
    """The path below the prefix under which the service is mounted, with its slash in front."""
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path
