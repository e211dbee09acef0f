"""What the commands put together: the service, who may call, the knowledge; each fault of configuration ends with words and exit code 4."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from cds import __version__
from cds.examples import ORDER_SIGN
from cds.settings import ConfigurationError, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from cds.knowledge import Knowledge
    from cds.security import Issuers, Keys
    from cds.store import Store
    from cds.telemetry import Telemetry

_SANDBOX = """\
*** SANDBOX: FOR TRIALS ONLY, NOT FOR PATIENTS ***
Calls of the public CDS Hooks sandbox are trusted, and anybody can sign such calls. Calls from this machine need no token."""
_INSECURE = """\
*** INSECURE: ANYBODY WHO REACHES THIS ADDRESS CAN CALL, AND NOTHING IS ENCRYPTED ***
Whoever calls can read what the service answers and load it; patient data would cross the network in the clear. Not for patients."""

EXIT_INTERNAL = 1
EXIT_INPUT = 3
EXIT_CONFIGURATION = 4


def service_of(settings: Settings, issuers: Issuers | None = None, *, trusted: bool = True) -> Starlette:
    """The whole service, as `serve` serves it, for the issuers of the settings' file where none are given."""
    from cds._pages import pages_of
    from cds.app import create_app
    from cds.cards.identity import Identities
    from cds.evaluation import begin, may_concern, wanted
    from cds.feedback import FeedbackLog
    from cds.rtu.lookup import lookup_route
    from cds.rtu.registry import Registry, StoredRegistry
    from cds.rtu.remote import RemoteRegistry
    from cds.rtu.stored import Register

    knowledge = knowledge_or_end()
    keys = keys_of(settings)
    store = store_of(settings, keys)
    identities = Identities(keys.card, (rule.id for rule in knowledge.rules), knowledge.remedies)
    known = issuers_of(settings) if issuers is None else issuers
    token, seconds = registry_token(settings), settings.rtu_timeout_ms / 1000
    register = Register(store)
    registry: Registry | None = None
    if settings.keeps_registry:
        registry = StoredRegistry(register, keys.pseudonym, seconds)
    elif settings.rtu_registry == "own" and settings.rtu_url is not None:
        registry = RemoteRegistry(settings.rtu_url, token or "", seconds, keys.pseudonym)
    pages = pages_of(settings, knowledge, keys, store, issuers=known, trial=not trusted)
    if settings.keeps_registry:  # elsewhere an empty registry would answer "not registered"
        pages.append(lookup_route(register, token))
    return create_app(
        settings,
        knowledge,
        begin,
        pages,
        concerns=may_concern,
        wanted=wanted,
        issuers=known,
        trusted=trusted,
        telemetry=telemetry_of(settings, knowledge),
        store=store,
        keys=keys,
        feedback=FeedbackLog(store, identities),
        registry=registry,
    )


def registry_token(settings: Settings) -> str | None:
    """The bearer token of the registry that is asked, and of those that ask this one; None where no file is named.

    Raises:
        ConfigurationError: the file cannot be used, or another registry is named and no token for it.
    """
    from cds.rtu.lookup import TokenUnusable, token_from

    file = settings.rtu_token_file
    if file is None:
        if settings.rtu_url is not None:
            raise ConfigurationError("CDS_RTU_TOKEN_FILE", "", "the file of the token that CDS_RTU_URL takes")
        return None
    try:
        return token_from(file)
    except TokenUnusable as error:
        fail(f"configuration: CDS_RTU_TOKEN_FILE: {error}", EXIT_CONFIGURATION)


def keys_of(settings: Settings) -> Keys:
    """The service's keys; a secret that cannot be used, or is gone while its database is there, is a fault of configuration."""
    from cds.security import SecretUnusable, load_keys

    secret, database = settings.secret_file or data_dir(settings) / "secret", embedded_database(settings)
    if database is not None and database.is_file() and not secret.exists():
        # a new one would look like the one that is missed
        fail(
            f"configuration: CDS_SECRET_FILE: {secret} is missing, and {database} belongs to it: put it back, or move the database away",
            EXIT_CONFIGURATION,
        )
    try:
        return load_keys(secret)
    except SecretUnusable as error:
        fail(f"configuration: CDS_SECRET_FILE: {error}", EXIT_CONFIGURATION)


def store_of(settings: Settings, keys: Keys) -> Store:
    """The database, not opened yet; one that belongs to another secret is never used."""
    from cds.store import Store

    return Store(database_of(settings), keys.fingerprint)


def database_of(settings: Settings) -> str:
    """The address of the database; one that cannot be used is a fault of configuration, and is not quoted: it may hold a password."""
    from cds.store import address_of, sqlite_url

    url = settings.database_url or sqlite_url(data_dir(settings))
    try:
        address_of(url)
    except ValueError as error:
        fail(f"configuration: CDS_DATABASE_URL: {error}", EXIT_CONFIGURATION)
    return url


def embedded_database(settings: Settings) -> Path | None:
    """The file of the embedded database; None where it is a PostgreSQL."""
    from cds.store.backup import database_file

    return database_file(database_of(settings))


def check_store(settings: Settings, keys: Keys) -> None:
    """End where the database belongs to another secret or a newer version; one that is down may come back."""
    from cds.store import ForeignSecret, NewerTables, StoreUnavailable

    async def opened() -> None:
        store = store_of(settings, keys)
        try:
            await store.open()
        finally:
            await store.close()

    try:
        asyncio.run(opened())
    except ForeignSecret as error:
        fail(f"configuration: CDS_SECRET_FILE: {error}; give it that secret, or another database", EXIT_CONFIGURATION)
    except NewerTables as error:
        fail(f"configuration: CDS_DATABASE_URL: {error}; run that one", EXIT_CONFIGURATION)
    except StoreUnavailable:
        pass  # the service says so when it starts, and tries again


def data_dir(settings: Settings) -> Path:
    """The folder of the database and the secret where none is set: the user's own for the data of programs."""
    return settings.data_dir or Path.home() / ".local" / "share" / "baclofen-cds"


def knowledge_or_end() -> Knowledge:
    """What the rules rest on; a file that does not pass its checks is a fault of configuration."""
    from cds.knowledge import KnowledgeError, load_knowledge

    try:
        return load_knowledge()
    except KnowledgeError as error:
        fail(f"knowledge: {error}", EXIT_CONFIGURATION)


def telemetry_of(settings: Settings, knowledge: Knowledge) -> Telemetry:
    """Metrics, and traces where they are asked for.

    Raises:
        ConfigurationError: traces are asked for, and what sends them is not installed.
    """
    from cds.telemetry import Telemetry
    from cds.telemetry.spans import asked_for, open_spans

    spans = None
    if asked_for(settings.otel, os.environ):
        try:
            spans = open_spans(__version__)
        except ImportError:
            raise ConfigurationError("CDS_OTEL", settings.otel, "off, or baclofen-cds[otel] installed") from None
    return Telemetry({"version": __version__, "knowledge": knowledge.version}, spans)


def issuers_of(settings: Settings) -> Issuers:
    """Who may be calling; a file that does not pass its checks is a fault of configuration."""
    from cds.rules.registry import all_rules
    from cds.security import DocumentError, load_issuers

    try:
        return load_issuers(settings.issuers, rules={rule.id for rule in all_rules()})
    except DocumentError as error:
        fail(f"configuration: CDS_ISSUERS: {error}", EXIT_CONFIGURATION)


def callers_of(settings: Settings, *, sandbox: bool, insecure: bool) -> Issuers:
    """Who may call, once it is sure that nobody else can; what is unsafe is said on standard error, or ends the start."""
    from cds.security import exposed_without_authentication, is_loopback, sandbox_issuers

    if sandbox and settings.issuers is not None:
        fail("configuration: --sandbox is for trials and does not go with CDS_ISSUERS", EXIT_CONFIGURATION)
    issuers = sandbox_issuers() if sandbox else issuers_of(settings)
    if sandbox:
        typer.echo(_SANDBOX, err=True)
    why = exposed_without_authentication(settings.host, settings.public_url, issuers, sandbox=sandbox)
    if why is not None and not insecure:
        fail(
            f"configuration: CDS_HOST={settings.host!r}, CDS_PUBLIC_URL={settings.public_url!r}: beyond this machine {why}. "
            "Name the organisations that may call in CDS_ISSUERS, or listen on 127.0.0.1; "
            "for a closed network and without patient data there is --insecure.",
            EXIT_CONFIGURATION,
        )
    if why is not None:
        typer.echo(f"{_INSECURE} Why: {why}.", err=True)
    elif not is_loopback(settings.host) and not settings.public_url_is_given:
        fail(
            f"configuration: CDS_PUBLIC_URL is needed with CDS_HOST={settings.host!r}: tokens are made for the address that clients call",
            EXIT_CONFIGURATION,
        )
    return issuers


def welcome(settings: Settings, issuers: Issuers) -> str:
    """What to open and what to type first, and which day it is here: ages and dated texts go by it."""
    example = Path(str(ORDER_SIGN))
    if example.is_relative_to(Path.cwd()):
        example = example.relative_to(Path.cwd())
    base, now = settings.public_url, datetime.now().astimezone()
    called = f"curl -s {base}/cds-services/baclofen-order-sign -H 'Content-Type: application/json' -d @{shlex.quote(str(example))}"
    if issuers.known and not any(each.authentication == "none" for each in issuers.known):
        called = "calls need a token of an organisation in CDS_ISSUERS"
    return (
        f"Playground: {base}/\nDiscovery:  {base}/cds-services\nA card:     {called}\n"
        f"Today here: {now:%Y-%m-%d}, UTC{now:%z} ({now.tzname()})"
    )


def warn_of_misspelt(environ: Mapping[str, str]) -> None:
    """Say of variables that look like settings and are none, and of a time zone that nobody knows."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    known = Settings().as_environment()
    for name in sorted(environ):
        if name.startswith("CDS_") and name not in known:
            typer.echo(f"baclofen-cds: {name} is no setting; `baclofen-cds settings` lists them all", err=True)
    zone = environ.get("TZ", "").removeprefix(":")
    if "/" in zone and not zone.startswith("/"):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            typer.echo(f"baclofen-cds: TZ={zone!r} names no time zone, so days are those of UTC", err=True)


def fail(message: str, code: int) -> NoReturn:
    typer.echo(f"baclofen-cds: {message}", err=True)
    sys.exit(code)
