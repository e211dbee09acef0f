"""`baclofen-cds admin`: the password with which the administrator signs in to the pages, and the end of all sessions."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

from cds._assembly import EXIT_CONFIGURATION, embedded_database, fail, keys_of
from cds._pages import open_code, with_administrator, with_store
from cds.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cds.security import Keys
    from cds.web.accounts import Administrator

__all__ = ["app"]

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    help="Who is signed in to the pages; the administrator's password, where no OpenID Connect provider is set.",
)


@app.command()
def code() -> None:
    """Print the setup code with which the first password is chosen on the page /sign-in/setup; it holds until there is one."""
    settings = _local_settings()
    database = embedded_database(settings)
    if database is not None and not database.exists():  # the code of a new one would open nothing
        fail(f"there is no database at {database}: name the folder of the service in CDS_DATA_DIR", EXIT_CONFIGURATION)
    found = _answered(settings, open_code)
    if found is None:
        fail("a password has been chosen already; `baclofen-cds admin password` sets it anew", EXIT_CONFIGURATION)
    typer.echo(found)


@app.command()
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


@app.command("sign-out-all")
def sign_out_all() -> None:
    """End all sessions: whoever is signed in to the pages, as administrator or through a provider, has to sign in again."""
    from cds.store import StoredSessions

    settings = load_settings()
    _known(lambda keys: with_store(settings, keys, lambda store: StoredSessions(store).end_all()), settings)
    typer.echo("Everybody is signed out.")


def _answered(settings: Settings, do: Callable[[Administrator], Awaitable[T]]) -> T:
    return _known(lambda keys: with_administrator(settings, keys, do), settings)


def _known(do: Callable[[Keys], T], settings: Settings) -> T:
    """What is done with the keys of a service whose database answers; else the end, with what is wrong."""
    from cds.store import ForeignSecret, StoreUnavailable

    try:
        return do(keys_of(settings))
    except ForeignSecret as error:
        fail(f"configuration: CDS_SECRET_FILE: {error}; give it that secret, or another database", EXIT_CONFIGURATION)
    except StoreUnavailable:
        fail("the database does not answer", EXIT_CONFIGURATION)


def _local_settings() -> Settings:
    settings = load_settings()
    if settings.oidc_issuer is not None:
        fail(
            "configuration: CDS_OIDC_ISSUER is set: people sign in there, and there is no password", EXIT_CONFIGURATION
        )
    return settings
