"""The address of a database: of which kind it is, and what it says of TLS, in libpq's words, so that it serves `pg_dump`, too."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

__all__ = ["Address", "address_of", "tls_failure"]

_DRIVERS = {"postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
_PLACE = ("host", "port")
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_KNOWN = (*_PLACE, "sslmode", *_FILES)
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_OTHERS = frozenset(
    {"application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname", "gssencmode", "hostaddr"}
    | {"keepalives", "load_balance_hosts", "options", "passfile", "password", "requiressl", "service", "ssl"}
    | {"ssl_max_protocol_version", "ssl_min_protocol_version", "sslcompression", "sslnegotiation", "sslpassword"}
    | {"sslsni", "target_session_attrs", "user"}
)
"""What people write there and this service does not take: told by name. Any other may be a piece of a password with a character that is not escaped."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes:
        url: with the driver that is used, without what it says of TLS.
        sqlite: whether it is a file.
        arguments: for the driver's own function to connect.
    """

    url: URL
    sqlite: bool
    arguments: dict[str, Any]


def address_of(url: str) -> Address:
    """Read `postgresql://…` or `sqlite:///…`.

    Raises:
        ValueError: it cannot be used. The message holds nothing of it but the name of a parameter.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError that quotes it
        raise ValueError("not the address of a database") from None
    driver = _DRIVERS.get(parsed.drivername, parsed.drivername)
    if driver not in _DRIVERS.values():
        raise ValueError("neither a PostgreSQL nor an SQLite address")
    sqlite = driver == _DRIVERS["sqlite"]
    plain = parsed.set(drivername=driver)
    if sqlite:
        return Address(plain, sqlite, {})
    tls = _tls(parsed)
    # of an address alone asyncpg takes all of libpq's words on TLS; what it is given besides goes before
    arguments = {"dsn": "postgresql://?" + urlencode(tls)} if tls else {}
    return Address(plain.difference_update_query(tls), sqlite, arguments)


def _tls(url: URL) -> dict[str, str]:
    """What an address says of TLS, checked as far as it can be without the database."""
    for name, value in url.query.items():
        if name not in _KNOWN:
            named = f"the parameter {name}" if name in _OTHERS else "a parameter"
            raise ValueError(f"{named} is not among those that can be used: {', '.join(_KNOWN)}")
        if not isinstance(value, str) and name not in _PLACE:
            raise ValueError(f"the parameter {name} stands there twice")
    tls = {name: str(value) for name, value in url.query.items() if name not in _PLACE}
    mode = tls.get("sslmode")
    if mode is not None and mode not in _MODES:
        raise ValueError(f"sslmode is none of {', '.join(_MODES)}")
    _check_files({name: Path(tls[name]) for name in _FILES if name in tls})
    if mode in {"verify-ca", "verify-full"} and "sslrootcert" not in tls:
        raise ValueError(f"sslmode={mode} needs sslrootcert, the file of the certificate authorities to believe")
    return tls


def _check_files(files: Mapping[str, Path]) -> None:
    for name, file in files.items():
        if not (file.is_file() and os.access(file, os.R_OK)):
            raise ValueError(f"{name} is no file that can be read")
    if "sslrootcert" in files:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(files["sslrootcert"])
        except ssl.SSLError:
            raise ValueError("sslrootcert holds no certificate (PEM)") from None


def tls_failure(error: BaseException) -> str | None:
    """What stands in the way of encryption, in words that quote nothing; None where it is something else."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not the one to believe"
    if isinstance(error, ssl.SSLError):
        return "TLS fails"
    if isinstance(error, ConnectionError) and "rejected SSL upgrade" in str(error):
        return "it offers no TLS"
    return None
