"""Values out of environment variables; each refuses what it cannot use, and names the variable."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import TypeVar

__all__ = [
    "ConfigurationError",
    "database_url",
    "integer",
    "integers",
    "networks",
    "one_of",
    "origins",
    "public_url",
    "systems",
    "web_address",
    "without_secrets",
    "words",
]

T = TypeVar("T", bound=str)

_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


class ConfigurationError(ValueError):
    """A setting that cannot be used.

    Attributes:
        name: the environment variable.
        value: what it holds.
    """

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={value!r}: must be {expected}")
        self.name = name
        self.value = value


def integer(given: Mapping[str, str], name: str, default: int, *, minimum: int = 1, maximum: int | None = None) -> int:
    value = given.get(name)
    if value is None:
        return default
    expected = f"a whole number from {minimum}" + (f" to {maximum}" if maximum else "")
    if not re.fullmatch(r"[0-9]{1,12}", value) or not minimum <= int(value) <= (maximum or int(value)):
        raise ConfigurationError(name, value, expected)
    return int(value)


def integers(
    given: Mapping[str, str], variables: Mapping[str, tuple[str, int | None]], defaults: object
) -> dict[str, int]:
    return {
        member: integer(given, name, getattr(defaults, member), maximum=maximum)
        for name, (member, maximum) in variables.items()
    }


def one_of(given: Mapping[str, str], name: str, default: T, allowed: Collection[T]) -> T:
    value = given.get(name)
    if value is None:
        return default
    for candidate in allowed:
        if value.lower() == candidate.lower():
            return candidate
    raise ConfigurationError(name, value, f"one of {', '.join(allowed)}")


def words(given: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in given:
        return default
    return tuple(dict.fromkeys(item.strip() for item in given[name].split(",") if item.strip()))


def networks(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """IP addresses and networks, as CIDR writes them.

    Raises:
        ConfigurationError: one of them is something else, such as a host's name or a network with an address inside it.
    """
    found = words(given, name, ())
    try:
        for each in found:
            ipaddress.ip_network(each)
    except ValueError:
        expected = "IP addresses or networks such as 10.0.3.0/24, comma-separated"
        raise ConfigurationError(name, given[name], expected) from None
    return found


def systems(given: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = words(given, name, default)
    if not found or not all(_ABSOLUTE_URI.fullmatch(item) for item in found):
        raise ConfigurationError(name, given[name], "absolute URIs, comma-separated")
    return found


def origins(given: Mapping[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    found = words(given, "CDS_CORS_ORIGINS", default)
    if found != ("*",) and not (found and all(re.fullmatch(r"https?://[^/\s]+", item) for item in found)):
        expected = "* or origins such as https://ehr.example.org, comma-separated"
        raise ConfigurationError("CDS_CORS_ORIGINS", given["CDS_CORS_ORIGINS"], expected)
    return found


def database_url(given: Mapping[str, str]) -> str | None:
    value = given.get("CDS_DATABASE_URL")
    if value is not None and not re.match(r"(postgresql(\+asyncpg)?|postgres|sqlite(\+aiosqlite)?)://", value):
        # The value is left out of the message: it may hold a password.
        raise ConfigurationError("CDS_DATABASE_URL", "…", "an address such as postgresql://user:password@host/database")
    return value


def without_secrets(database: str) -> str:
    """The address of a database for people to read: without its password, and without its query, which may hold one, too."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 -- for the one command that prints settings
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 -- likewise

    hidden = "***"
    if database.count("@") > 1 or "@" in database.partition("?")[2]:
        return hidden  # nobody can tell where the password ends
    try:
        return make_url(database).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return hidden


def public_url(given: Mapping[str, str], default: str) -> str:
    value = given.get("CDS_PUBLIC_URL", default).rstrip("/")
    if not re.fullmatch(r"https?://[^\s?#]+", value):
        raise ConfigurationError("CDS_PUBLIC_URL", given["CDS_PUBLIC_URL"], "an http or https address without query")
    return value


def web_address(given: Mapping[str, str], name: str) -> str | None:
    """An https address, or http on this machine, without a trailing slash; None where none is given.

    Raises:
        ConfigurationError: it is something else.
    """
    value = given.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"https://[^\s?#@]+|http://(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(/[^\s?#]*)?", value):
        raise ConfigurationError(name, value, "an https address without query")
    return value.rstrip("/")
