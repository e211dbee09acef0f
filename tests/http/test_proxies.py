"""Whose word it is that a request comes from another address."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.ops.running import running


def guesses(url: str, number: int) -> list[int]:
    """Answers to wrong passwords, each said to come from another address."""
    with httpx.Client(base_url=url) as browser:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/sign-in/setup").text)
        assert found is not None
        fields = {"csrf": found[1], "password": "a wrong password"}
        return [
            browser.post("/sign-in", data=fields, headers={"X-Forwarded-For": f"192.0.2.{each}"}).status_code
            for each in range(number)
        ]


@pytest.mark.parametrize(
    ("proxies", "last"), [("", 429), ("192.0.2.1", 429), ("127.0.0.1", 403), ("10.0.0.0/8,127.0.0.0/8", 403)]
)
def test_only_a_proxy_that_is_named_is_believed(tmp_path: Path, proxies: str, last: int) -> None:
    with running(tmp_path, CDS_PROXIES=proxies) as service:
        assert guesses(service.url, 6) == [403] * 5 + [last]
