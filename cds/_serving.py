"""What `serve` does: checks who may call, then serves in this process, or in several under it."""
# ruff: noqa: PLC0415 -- metrics look for their shared folder when they are imported

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from cds._assembly import (
    EXIT_INTERNAL,
    callers_of,
    check_store,
    fail,
    keys_of,
    knowledge_or_end,
    service_of,
    warn_of_misspelt,
    welcome,
)
from cds._pages import setup_notice
from cds.http.workers import POSSIBLE, listen, shared_figures, supervise
from cds.settings import ConfigurationError, Settings

if TYPE_CHECKING:
    from cds.security import Issuers, Keys

__all__ = ["run"]

_UNHEARD = 5  # seconds without a sign of life beyond what one evaluation and a stop may take


def run(settings: Settings, *, sandbox: bool, insecure: bool) -> None:
    """Serve until stopped.

    Args:
        settings: what the environment decides.
        sandbox: trust the public CDS Hooks sandbox.
        insecure: listen beyond this machine although anybody could call.

    Raises:
        ConfigurationError: workers are asked for where there can be none.
    """
    if settings.workers > 1 and not POSSIBLE:
        raise ConfigurationError("CDS_WORKERS", str(settings.workers), "1 on this system")
    with shared_figures() if settings.workers > 1 else contextlib.nullcontext():
        from cds.telemetry import configure_logs

        configure_logs(settings.log_level, settings.log_format)
        warn_of_misspelt(os.environ)
        issuers = callers_of(settings, sandbox=sandbox, insecure=insecure)
        keys = keys_of(settings)
        check_store(settings, keys)
        if settings.workers == 1:
            _end_if_taken(settings.host, settings.port)
            _say(settings, issuers, keys)
            _serve(settings, issuers, trusted=not sandbox)
        else:
            _serve_in_workers(settings, issuers, keys, trusted=not sandbox)


def _end_if_taken(host: str, port: int) -> None:
    """End with words, before anything else is said, where nobody can listen at the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(f"cannot listen on {host}, port {port}: {error.strerror}", EXIT_INTERNAL)


def _say(settings: Settings, issuers: Issuers, keys: Keys) -> None:
    typer.echo(welcome(settings, issuers))
    notice = setup_notice(settings, keys)
    if notice is not None:
        typer.echo(notice)


def _serve_in_workers(settings: Settings, issuers: Issuers, keys: Keys, *, trusted: bool) -> None:
    import cds.app
    import cds.evaluation
    import cds.web  # noqa: F401 -- loaded once, and shared

    knowledge_or_end()
    try:
        sockets = listen(settings.host, settings.port, settings.workers)
    except OSError as error:
        fail(f"cannot listen on {settings.host}, port {settings.port}: {error.strerror}", EXIT_INTERNAL)
    _say(settings, issuers, keys)
    bounds = settings.serving
    supervise(
        lambda its, parent, alive: _serve(
            settings, issuers, trusted=trusted, listening=its, parent=parent, alive=alive
        ),
        sockets,
        stopping=bounds.drain_seconds + bounds.stop_seconds,
        silent=bounds.seconds + bounds.stop_seconds + _UNHEARD,
    )


def _serve(
    settings: Settings,
    issuers: Issuers,
    *,
    trusted: bool,
    listening: socket.socket | None = None,
    parent: int | None = None,
    alive: Callable[[], None] = lambda: None,
) -> None:
    from cds.http.server import Bounds, serve

    service = service_of(settings, issuers, trusted=trusted)
    bounds = settings.serving
    serve(
        service,
        Bounds(header=bounds.header, seconds=bounds.read_seconds),
        stopping=service.state.stop,
        drain=bounds.drain_seconds,
        listening=listening,
        parent=parent,
        alive=alive,
        proxies=settings.proxies,
        host=settings.host,
        port=settings.port,
        log_config=None,  # through ours
        log_level=settings.log_level,
        access_log=False,  # it writes addresses; our line a request does not
        limit_concurrency=bounds.connections,
        timeout_keep_alive=bounds.idle_seconds,
        timeout_graceful_shutdown=bounds.stop_seconds,
    )
