"""The pages as the service serves them, and what the start says of who signs in to them."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from cds._assembly import store_of
from cds.settings import ConfigurationError, Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.routing import BaseRoute

    from cds.knowledge import Knowledge
    from cds.language import Language
    from cds.playground.form import Typed
    from cds.playground.model import Played
    from cds.security import Issuers, Keys
    from cds.store import Store
    from cds.web.accounts import Administrator, Provider
    from cds.web.catalogue.view import Decisions
    from cds.web.frame import Area

__all__ = ["open_code", "pages_of", "playground_of", "setup_notice", "with_administrator", "with_store"]

T = TypeVar("T")
_log = logging.getLogger("cds.start")
_FORMS_IN_HAND = 20
"""Forms of the playground that are played or wait for it at one time; beyond, 503 at once."""
_SETTLE = 0.1  # seconds in which the driver's thread ends a connection that failed: afterwards there is no loop to tell


def pages_of(
    settings: Settings, knowledge: Knowledge, keys: Keys, store: Store, *, issuers: Issuers, trial: bool
) -> list[BaseRoute]:
    """The routes of all pages; those of the registry where it is this service's own.

    Raises:
        ConfigurationError: the OpenID Connect provider is set by halves.
    """
    from cds.feedback.source import StoredFigures
    from cds.smart.asking import SmartServers
    from cds.store import Memory, StoredSessions
    from cds.web import web_routes
    from cds.web.accounts import Administrator, CookieSessions, local_area, provided_area
    from cds.web.forms import Forms
    from cds.web.registry import registry_area
    from cds.web.safety import safety_area

    address = urlsplit(settings.public_url)
    path, secure = address.path or "/", address.scheme == "https"  # of cookies
    provider = provider_of(settings)
    administrator = Administrator(Memory(store), keys.setup)

    async def known_at_the_provider() -> str | None:
        if provider is None:
            return None
        return "\n".join((provider.issuer, provider.client_id, *sorted(provider.groups)))

    epoch = administrator.epoch if provider is None else known_at_the_provider
    sessions = CookieSessions(
        keys.session, StoredSessions(store), epoch, hours=settings.session_hours, path=path, secure=secure
    )
    if provider is None:
        accounts = local_area(administrator, sessions)
    else:
        accounts = provided_area(provider, sessions, key=keys.session, public_url=settings.public_url)
    areas = [playground_of(settings, knowledge), accounts, safety_area(StoredFigures(store), knowledge)]
    if settings.keeps_registry:
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
        decisions=decisions_of(issuers, knowledge),
    )


def decisions_of(issuers: Issuers, knowledge: Knowledge) -> Decisions:
    """What the operator decided about rules for an organisation: to keep them from its prescribers, or to show them where others are kept."""
    from cds.web.catalogue.model import Decision

    found: dict[str, tuple[Decision, ...]] = {}
    for issuer in issuers.known:
        for rule in knowledge.rules:
            kept = issuer.modes.decision(rule.id)
            if kept is not None:
                decision = Decision(issuer.name, kept.mode, kept.reason, kept.since)
                found[rule.id] = (*found.get(rule.id, ()), decision)
    return found


def playground_of(settings: Settings, knowledge: Knowledge) -> Area:
    """The playground; its forms are played in threads beside the calls of EHRs, some at a time, each within the time of a call."""
    from cds.http.load import InFlight
    from cds.http.work import AT_ONCE, Workers
    from cds.playground.examination import play
    from cds.web.frame import local_day
    from cds.web.playground.routes import playground_area

    workers, in_flight = Workers(settings.serving.seconds), InFlight(_FORMS_IN_HAND)

    async def played(typed: Typed, language: Language, accept: str) -> Played:
        async with in_flight:
            return await workers.run(
                AT_ONCE + 1, lambda: play(typed, knowledge, settings, local_day(), language=language, accept=accept)
            )

    return playground_area(played, knowledge, settings.public_url)


def provider_of(settings: Settings) -> Provider | None:
    """Where people sign in; None for the administrator.

    Raises:
        ConfigurationError: it is set by halves, or the file of its secret cannot be read.
    """
    from cds.web.accounts import ANYBODY, Provider

    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None:
        raise ConfigurationError("CDS_OIDC_CLIENT_ID", "", "the client that the provider of CDS_OIDC_ISSUER knows")
    groups = settings.oidc_groups
    if not groups or ("*" in groups and groups != ANYBODY):
        expected = (
            "the groups whose members may see patients' data, comma-separated, or * for anybody whom the provider knows"
        )
        raise ConfigurationError("CDS_OIDC_GROUPS", ",".join(groups), expected)
    if groups == ANYBODY:
        _log.warning("CDS_OIDC_GROUPS is *: anybody whom the provider knows may see and change the data of the pages")
    secret = None
    if settings.oidc_client_secret_file is not None:
        try:
            secret = settings.oidc_client_secret_file.read_text("utf-8").strip()
        except (OSError, ValueError):
            secret = None
        if not secret:
            file = str(settings.oidc_client_secret_file)
            raise ConfigurationError("CDS_OIDC_CLIENT_SECRET_FILE", file, "a file that holds the client's secret")
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, groups)


def setup_notice(settings: Settings, keys: Keys) -> str | None:
    """How the first administrator chooses a password; None where there is one, or a provider, or the database does not answer."""
    from cds.store import StoreUnavailable

    if settings.oidc_issuer is not None:
        return None
    try:
        code = with_administrator(settings, keys, open_code)
    except StoreUnavailable:
        return None
    if code is None:
        return None
    return f"Password:   not chosen yet; {settings.public_url}/sign-in/setup with the setup code {code}"


async def open_code(administrator: Administrator) -> str | None:
    """The setup code; None once there is a password."""
    return None if await administrator.has_password() else administrator.code


def with_administrator(settings: Settings, keys: Keys, do: Callable[[Administrator], Awaitable[T]]) -> T:
    """Do something with the administrator of a service, outside of it.

    Raises:
        ForeignSecret, StoreUnavailable: the database is another's, or does not answer.
    """
    from cds.store import Memory
    from cds.web.accounts import Administrator

    return with_store(settings, keys, lambda store: do(Administrator(Memory(store), keys.setup)))


def with_store(settings: Settings, keys: Keys, do: Callable[[Store], Awaitable[T]]) -> T:
    """Do something with the store of a service, outside of it.

    Raises:
        ForeignSecret, StoreUnavailable: the database is another's, or does not answer.
    """
    from cds.store import StoreUnavailable

    async def run() -> T:
        store = store_of(settings, keys)
        try:
            return await do(store)
        except StoreUnavailable:
            await asyncio.sleep(_SETTLE)
            raise
        finally:
            await store.close()

    return asyncio.run(run())
