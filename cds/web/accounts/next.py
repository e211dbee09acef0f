"""Where a person goes after signing in: to a page of this service, wherever the address says."""

from __future__ import annotations

import re

__all__ = ["safe_next"]

_OURS = re.compile(r"(?P<path>[A-Za-z0-9_-][A-Za-z0-9_.~/-]*)?(?:\?[A-Za-z0-9_.~%&=+:,/-]*)?")
_LONGEST = 2000  # characters


def safe_next(given: str | None) -> str:
    """A path below the service's address, with its query; empty, which is the start, where it is anything else."""
    if given is None or len(given) > _LONGEST:
        return ""
    match = _OURS.fullmatch(given)
    if match is None:
        return ""
    path = match["path"] or ""
    steps = path.split("/")
    if "." in steps or ".." in steps or "" in steps[:-1] or steps[0].startswith("sign-"):
        return ""
    return given
