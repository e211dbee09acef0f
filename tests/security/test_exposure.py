"""Where the service may listen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds.security import NO_ISSUERS, Issuer, Issuers, exposed_without_authentication, is_loopback, sandbox_issuers

SIGNED = Issuer(name="A", iss="urn:a", fhir_servers=("https://a.example",))
KNOWN = Issuers((SIGNED,))
UNSIGNED = Issuers((SIGNED, replace(SIGNED, name="L", iss="urn:l", authentication="none")))
HERE, PUBLIC = "http://127.0.0.1:8080", "https://cds.example"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("cds.example", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
        ("2130706433", False),
    ],
)
def test_this_machine(host, here):
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    ("host", "public", "issuers", "sandbox", "because"),
    [
        ("127.0.0.1", HERE, NO_ISSUERS, False, None),
        ("127.0.0.1", HERE, UNSIGNED, False, None),
        ("127.0.0.1", HERE, sandbox_issuers(), True, None),
        ("127.0.0.1", PUBLIC, NO_ISSUERS, False, None),  # rule links may lead elsewhere
        ("0.0.0.0", HERE, NO_ISSUERS, False, "anybody could call"),
        ("::", PUBLIC, NO_ISSUERS, False, "anybody could call"),
        ("0.0.0.0", PUBLIC, KNOWN, False, None),
        ("0.0.0.0", PUBLIC, UNSIGNED, False, "calls of 'L' need no token"),
        ("127.0.0.1", PUBLIC, UNSIGNED, False, "calls of 'L' need no token"),  # behind a proxy, everybody is local
        ("0.0.0.0", PUBLIC, sandbox_issuers(), True, "a key that anybody has"),
        ("127.0.0.1", PUBLIC, sandbox_issuers(), True, "a key that anybody has"),
    ],
)
def test_beyond_this_machine_only_with_tokens(host, public, issuers, sandbox, because):
    why = exposed_without_authentication(host, public, issuers, sandbox=sandbox)
    assert (why is None) is (because is None)
    assert because is None or because in why
