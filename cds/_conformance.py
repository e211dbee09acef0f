"""The command `conformance`: a run against an address, or against this service itself, and its result as a person reads it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import msgspec
import uvicorn
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from starlette.types import ASGIApp

from cds._catalogue import console_of
from cds._input import InputError, hook_body, read_bytes
from cds.conformance import Key, Report, Result, Unreachable, UnusableKey, load_key, run
from cds.conformance.report import counted
from cds.protocol.errors import ProtocolError

__all__ = ["hold", "hold_own", "key_from", "on_loopback", "print_report", "request_from"]

_COLOURS = {Result.MET: "green", Result.NOT_MET: "bold red", Result.NOT_APPLICABLE: "dim", Result.NOT_CHECKED: "yellow"}
_START = 20.0  # seconds


def hold(url: str, requests: list[dict[str, Any]], key: Key | None) -> Report:
    """Run against an address.

    Raises:
        InputError: it gives no answer.
    """
    try:
        with httpx.Client(follow_redirects=False, trust_env=False) as http:
            return run(url, http, requests=requests, key=key)
    except Unreachable as error:
        raise InputError(url, f"gives no answer: {error}") from None


def hold_own(assemble: Callable[[Path, Path], ASGIApp], requests: list[dict[str, Any]]) -> Report:
    """Run against this service, on loopback, with an issuer that is invented for the run.

    Args:
        assemble: makes the service from the file of issuers and a folder for its data.
        requests: hook calls to send besides.
    """
    key = Key.invented("https://ehr.example.org")
    with TemporaryDirectory(prefix="baclofen-cds-") as folder:
        issuers = Path(folder) / "issuers.json"
        issuer = {"name": "Conformance", "iss": key.iss, "fhir_servers": [key.iss], "jwks": key.public_set()}
        issuers.write_text(json.dumps({"issuers": [issuer]}), "utf-8")
        with on_loopback(assemble(issuers, Path(folder))) as url:
            return hold(url, requests, key)


def request_from(file: str) -> dict[str, Any]:
    """A hook request from a file, or out of a capture that holds it under `body`.

    Raises:
        InputError: it cannot be read, or is no object with a hook.
    """
    try:
        found: Any = msgspec.json.decode(hook_body(read_bytes(file)))
    except (msgspec.DecodeError, ProtocolError) as error:
        raise InputError(file, str(error)) from None
    if not isinstance(found, dict) or not isinstance(found.get("hook"), str):
        raise InputError(file, "is no hook request: it has no hook")
    return found


def key_from(file: Path, iss: str, jku: str | None) -> Key:
    """The client's key.

    Raises:
        InputError: the file holds none that can sign.
    """
    try:
        return load_key(file, iss, jku)
    except UnusableKey as error:
        raise InputError(str(file), str(error).removeprefix(f"{file}: ")) from None


@contextmanager
def on_loopback(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port of 127.0.0.1 for the time of a run; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, http="httptools", log_config=None, server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    if not server.started:
        raise RuntimeError("the service did not start")
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_START)


def print_report(report: Report, console: Console | None = None) -> None:
    """A table of every requirement, and what it comes to."""
    console = console or console_of()
    style = box.SIMPLE_HEAD if console.is_terminal else None
    table = Table(title=f"CDS Hooks 2.0.1 at {escape(report.base)}", title_justify="left", box=style, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("requirement", ratio=5)
    table.add_column("result", no_wrap=True)
    table.add_column("detail", ratio=5, overflow="fold")
    for row in report.rows:
        wanted = row.requirement
        result = f"[{_COLOURS[row.result]}]{row.result}[/]"
        table.add_row(wanted.id, wanted.level, escape(wanted.text), result, escape(row.detail))
    console.print(table)
    console.print(f"{counted(report)}; {report.requests} requests.", highlight=False)
    broken = sum(row.requirement.level == "SHALL" for row in report.broken)
    said = "No SHALL is broken." if report.conforms else f"{broken} SHALL {'is' if broken == 1 else 'are'} broken."
    console.print(said, highlight=False)
