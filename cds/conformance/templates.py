"""Prefetch templates: the tokens that 2.0.1 knows, and the searches that it recommends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from cds.conformance.hooks import HOOKS
from cds.conformance.result import Observations

__all__ = ["USER_TOKENS", "examine_template", "resource_type", "tokens"]

USER_TOKENS = ("userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId")

_TOKEN = re.compile(r"\{\{(.*?)\}\}")
_FIELD = re.compile(r"context\.([A-Za-z][A-Za-z0-9_]*)")
_NESTED = re.compile(r"context(\.[A-Za-z][A-Za-z0-9_]*){2,}")
_READ = re.compile(r"[A-Z][A-Za-z]+/[^/?\s]+|X")
_SEARCH = re.compile(r"[A-Z][A-Za-z]+\?(\S+)")
_PARAMETER = re.compile(r"[a-z][a-z-]*(:in|:[A-Z][A-Za-z]+)?")
_DATE_PREFIX = re.compile(r"(ne|sa|eb|ap)[0-9]{4}")
_RESULT_PARAMETERS = frozenset({"_count", "_sort", "_id"})


def tokens(template: str) -> tuple[str, ...]:
    """What stands between double braces."""
    return tuple(found.strip() for found in _TOKEN.findall(template))


def examine_template(template: str, hook: str, where: str, seen: Observations) -> None:
    """Note what a template shows.

    Args:
        template: the template.
        hook: the service's hook.
        where: what to call the template in details.
        seen: takes the observations.
    """
    for check, fault in _faults(template, hook):
        seen.say(check, fault and f"{where}: {fault}")


def _faults(template: str, hook: str) -> Iterator[tuple[str, str | None]]:
    bare = _TOKEN.sub("X", template)
    if "{" in bare or "}" in bare:
        yield "prefetch-braces", f"a token of {template!r} does not stand between {{{{ and }}}}"
        return
    if tokens(template):
        yield "prefetch-braces", None
    for token in tokens(template):
        yield from _token_faults(token, hook)
    yield "prefetch-subset", _outside_subset(bare)


def _token_faults(token: str, hook: str) -> Iterator[tuple[str, str | None]]:
    if _NESTED.fullmatch(token):
        yield "prefetch-root", f"{token} goes below the root of context"
        return
    field = _FIELD.fullmatch(token)
    if field is None:
        known = token in USER_TOKENS
        yield "prefetch-tokens", None if known else f"{token!r} is no token"
        return
    yield "prefetch-tokens", None
    yield "prefetch-root", None
    if (known_hook := HOOKS.get(hook)) is None:
        return
    name = field[1]
    if name in known_hook.resources:
        yield "prefetch-no-resources", f"{token} is no token of {hook}"
        return
    yield "prefetch-no-resources", None
    yield "prefetch-fields", None if name in known_hook.fields else f"{hook} has no {token}"


def _outside_subset(bare: str) -> str | None:
    """What a template, its tokens replaced by X, asks beyond reads and the recommended searches; None for nothing."""
    if _READ.fullmatch(bare):
        return None
    search = _SEARCH.fullmatch(bare)
    if search is None:
        return f"{bare!r} is neither a read nor a search of a type"
    for name, value in parse_qsl(search[1], keep_blank_values=True):
        if name.startswith("_"):
            if name not in _RESULT_PARAMETERS:
                return f"parameter {name} is outside the recommended searches"
        elif not _PARAMETER.fullmatch(name):
            return f"parameter {name} is outside the recommended searches"
        if _DATE_PREFIX.match(value):
            return f"the prefix of {name}={value} is outside the recommended searches"
    return None


def resource_type(template: str) -> str | None:
    """The type that a template asks for; None where its token names it."""
    found = re.match(r"[A-Z][A-Za-z]+", template)
    return found[0] if found else None
