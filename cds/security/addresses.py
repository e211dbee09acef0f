"""Addresses compared by their parts, never as text."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

__all__ = ["PORTS", "Address", "address_of", "is_loopback", "is_loopback_url"]

Address = tuple[str, str, int, tuple[str, ...]]
"""Scheme, host, port, segments of the path."""

PORTS = {"http": 80, "https": 443}


def address_of(url: str) -> Address | None:
    """An address in its normal form; None with user, query or fragment, with dot segments, backslashes or control characters."""
    text = url.strip()
    if any(character <= " " or character == "\\" for character in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or "?" in text or "#" in text:
        return None
    path = tuple(parts.path.strip("/").split("/")) if parts.path.strip("/") else ()
    if any(segment in ("", ".", "..") for segment in path):
        return None
    return (parts.scheme, parts.hostname, PORTS[parts.scheme] if port is None else port, path)


def is_loopback(host: str) -> bool:
    """Whether a host, as written and without being looked up, is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def is_loopback_url(url: str) -> bool:
    """Whether a URL names this machine."""
    address = address_of(url)
    return address is not None and is_loopback(address[1])
