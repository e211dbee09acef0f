"""The pages as the service serves them, and the administrator on the command line."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import typer

from cds._assembly import EXIT_CONFIGURATION, fail, keys_of, store_of
from cds.settings import ConfigurationError, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.routing import BaseRoute

    from cds.knowledge import Knowledge
    from cds.security import Issuers, Keys
    from cds.store import Store
    from cds.web.accounts import Administrator, Provider

__all__ = ["admin", "pages_of", "setup_notice"]

T = TypeVar("T")
_DOWN = "the database does not answer"


def pages_of(
    settings: Settings, knowledge: Knowledge, keys: Keys, store: Store, issuers: Issuers, *, trial: bool
) -> list[BaseRoute]:
    """The routes of all pages; those of the registry where it is this service's own.

    Raises:
        ConfigurationError: the OpenID Connect provider is set by halves.
    """
    from cds.smart.asking import SmartServers
    from cds.store import Memory
    from cds.web import web_routes
    from cds.web.accounts import Administrator, CookieSessions, local_area, provided_area
    from cds.web.forms import Forms
    from cds.web.registry import registry_area

    address = urlsplit(settings.public_url)
    path, secure = address.path or "/", address.scheme == "https"  # of cookies
    provider = provider_of(settings)
    administrator = Administrator(Memory(store), keys.setup)

    async def known_at_the_provider() -> str | None:
        return None if provider is None else f"{provider.issuer} {provider.client_id}"

    epoch = administrator.epoch if provider is None else known_at_the_provider
    sessions = CookieSessions(keys.session, epoch, hours=settings.session_hours, path=path, secure=secure)
    if provider is None:
        accounts = local_area(administrator, sessions)
    else:
        accounts = provided_area(provider, sessions, key=keys.session, public_url=settings.public_url)
    areas = [accounts]
    if settings.rtu_url is None:
        areas.append(
            registry_area(store, knowledge, keys, issuers, SmartServers(issuers), public_url=settings.public_url)
        )
    return web_routes(
        knowledge,
        default_language=settings.language,
        trial=trial,
        sessions=sessions,
        forms=Forms(keys.session, origin=f"{address.scheme}://{address.netloc}", path=path, secure=secure),
        areas=areas,
    )


def provider_of(settings: Settings) -> Provider | None:
    """Where people sign in; None for the administrator.

    Raises:
        ConfigurationError: it is set by halves, or the file of its secret cannot be read.
    """
    from cds.web.accounts import Provider

    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None:
        raise ConfigurationError("CDS_OIDC_CLIENT_ID", "", "the client that the provider of CDS_OIDC_ISSUER knows")
    secret = None
    if settings.oidc_client_secret_file is not None:
        try:
            secret = settings.oidc_client_secret_file.read_text("utf-8").strip()
        except (OSError, ValueError):
            secret = None
        if not secret:
            file = str(settings.oidc_client_secret_file)
            raise ConfigurationError("CDS_OIDC_CLIENT_SECRET_FILE", file, "a file that holds the client's secret")
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_groups)


def setup_notice(settings: Settings, keys: Keys) -> str | None:
    """How the first administrator chooses a password; None where there is one, or a provider, or the database does not answer."""
    from cds.store import StoreUnavailable

    if settings.oidc_issuer is not None:
        return None
    try:
        code = _with_administrator(settings, keys, _open_code)
    except StoreUnavailable:
        return None
    if code is None:
        return None
    return f"Password:  not chosen yet; {settings.public_url}/sign-in/setup with the setup code {code}"


async def _open_code(administrator: Administrator) -> str | None:
    return None if await administrator.has_password() else administrator.code


def _with_administrator(settings: Settings, keys: Keys, do: Callable[[Administrator], Awaitable[T]]) -> T:
    from cds.store import Memory
    from cds.web.accounts import Administrator

    async def run() -> T:
        store = store_of(settings, keys)
        try:
            return await do(Administrator(Memory(store), keys.setup))
        finally:
            await store.close()

    return asyncio.run(run())


admin = typer.Typer(
    no_args_is_help=True, help="The administrator of the pages, where no OpenID Connect provider is set."
)


@admin.command()
def code() -> None:
    """Print the setup code with which the first password is chosen on the page /sign-in/setup; it holds until there is one."""
    settings = _local_settings()
    found = _answered(settings, _open_code)
    if found is None:
        fail("a password has been chosen already; `baclofen-cds admin password` sets it anew", EXIT_CONFIGURATION)
    typer.echo(found)


@admin.command()
def password() -> None:
    """Set the administrator's password anew; whoever is signed in is signed out."""
    from cds.web.accounts import WeakPassword

    settings = _local_settings()
    chosen = typer.prompt("New password", hide_input=True, confirmation_prompt="The same password again")
    try:
        _answered(settings, lambda administrator: administrator.change(chosen))
    except WeakPassword as weak:
        raise typer.BadParameter(str(weak), param_hint="password") from None
    typer.echo("The password is set.")


def _answered(settings: Settings, do: Callable[[Administrator], Awaitable[T]]) -> T:
    from cds.store import ForeignSecret, StoreUnavailable

    try:
        return _with_administrator(settings, keys_of(settings), do)
    except ForeignSecret as error:
        fail(f"configuration: CDS_SECRET_FILE: {error}; give it that secret, or another database", EXIT_CONFIGURATION)
    except StoreUnavailable:
        fail(_DOWN, EXIT_CONFIGURATION)


def _local_settings() -> Settings:
    settings = load_settings()
    if settings.oidc_issuer is not None:
        fail(
            "configuration: CDS_OIDC_ISSUER is set: people sign in there, and there is no password", EXIT_CONFIGURATION
        )
    return settings
