"""What the environment decides, read once.

| variable | default | meaning |
|---|---|---|
| CDS_HOST | 127.0.0.1 | address to listen on |
| CDS_PORT, else PORT | 8080 | port to listen on, 1 to 65535 |
| CDS_WORKERS | 1 | processes that answer, 1 to 64; each has its own limits on load |
| CDS_PUBLIC_URL | http://127.0.0.1:PORT | how clients reach the service: base of rule links and of `source.topic.system` |
| CDS_PROXIES | none | addresses or networks of the proxies before the service, comma-separated: from these alone `X-Forwarded-For` is believed |
| CDS_MAX_BODY | 1048576 | largest request body, in bytes |
| CDS_MAX_DEPTH | 64 | objects and arrays inside one another in a request, up to 200 |
| CDS_MAX_STRING | 262144 | longest string of a request, in bytes |
| CDS_MAX_ORDERS | 100 | drafted orders in one call |
| CDS_MAX_ENTRIES | 1000 | entries read of one prefetched Bundle; what is beyond is not known, and said |
| CDS_MAX_TOTAL_ENTRIES | 4000 | entries read of all that is prefetched; the same |
| CDS_MAX_DOSING_TEXT | 100000 | characters of dosing instructions in words, of all orders and reports of one call |
| CDS_MAX_UNITS | 200 | different units of measurement in one call |
| CDS_MAX_HEADER | 16384 | bytes of a request's line and headers |
| CDS_MAX_CONNECTIONS | 1000 | open connections of one process |
| CDS_MAX_IN_FLIGHT | 100 | calls in hand at one time in one process; beyond, 503 at once |
| CDS_MAX_RATE | 500 | calls a second of one issuer or, without issuers, of one address, over ten seconds, in one process; beyond, 429 |
| CDS_MAX_READ_SECONDS | 10 | for the headers of a request, and again for its body |
| CDS_MAX_SECONDS | 5 | for one evaluation |
| CDS_MAX_IDLE_SECONDS | 15 | that a connection is kept open without a request |
| CDS_DRAIN_SECONDS | 1 | on SIGTERM: still answering, while /readyz says 503 |
| CDS_STOP_SECONDS | 10 | then: for the calls still in hand |
| CDS_CORS_ORIGINS | * | browser origins that may call, comma-separated, or * |
| CDS_JURISDICTION | FR | whose rules apply where nothing says: US, CA, UK, FR or DE |
| CDS_LANGUAGE | en | language of cards where the call asks for none: en or fr |
| CDS_RTU_REGISTRATION | required | French registration checks: required, by-date (the dates of the scheme only) or off |
| CDS_RTU_PATIENT_SYSTEMS | urn:baclofen-cds:rtu:patient | identifier systems that say a patient is registered, comma-separated |
| CDS_RTU_PRESCRIBER_SYSTEMS | urn:baclofen-cds:rtu:prescriber | the same for prescribers |
| CDS_BUDGET_MS | 400 | milliseconds for a whole answer; what the EHR's FHIR server has not sent by then is unknown, 50 to 10000 |
| CDS_ISSUERS | none | file of the organisations whose EHRs call, YAML or JSON; `docs/issuers.example.yaml` shows one |
| CDS_OPEN_DISCOVERY | no | yes: discovery needs no token, although issuers are named |
| CDS_JWT_SKEW | 30 | seconds by which the clocks of issuers may differ, 0 to 300 |
| CDS_JWT_MAX_AGE | 3600 | seconds after its `iat` from which a token is too old, whatever its `exp`, 60 to 86400 |
| CDS_JWKS_LIFETIME | 900 | seconds after which an issuer's published keys are fetched again, 10 to 86400 |
| CDS_JWKS_INTERVAL | 30 | least seconds between two fetches of one JWKS, whoever asks for which key, 1 to 3600 |
| CDS_DATA_DIR | ~/.local/share/baclofen-cds | folder of the database and of the secret, on a local disk |
| CDS_DATABASE_URL | a file in CDS_DATA_DIR | `postgresql://…`, which several replicas need |
| CDS_KEEP_DAYS | all are kept | days after which feedback, cards shown and their counts are deleted, 1 to 36500 |
| CDS_SECRET_FILE | `secret` in CDS_DATA_DIR | secret from which the service derives its keys; written at first start, the same for all replicas |
| CDS_RTU_REGISTRY | own | who is asked for registrations beside the EHR's record: own (the service's registry, or CDS_RTU_URL) or ehr (nobody) |
| CDS_RTU_URL | none | address of another registry of the French programme that is asked in place of the service's own |
| CDS_RTU_TOKEN_FILE | none | bearer token for CDS_RTU_URL, and the one with which other services may ask this registry |
| CDS_RTU_TIMEOUT_MS | 150 | milliseconds for the registry's answer, 10 to 5000 |
| CDS_OIDC_ISSUER | none | OpenID Connect provider for people who sign in to the pages; without one there is a local administrator |
| CDS_OIDC_CLIENT_ID | none | the client that the provider knows this service as |
| CDS_OIDC_CLIENT_SECRET_FILE | none | its secret; without one the client is a public one with PKCE |
| CDS_OIDC_GROUPS | none | members of the `groups` claim that may sign in, comma-separated; required with CDS_OIDC_ISSUER, * for anybody whom the provider knows |
| CDS_SESSION_HOURS | 8 | hours after which a person signs in again, 1 to 168 |
| CDS_LOG_LEVEL | info | critical, error, warning, info or debug |
| CDS_LOG_FORMAT | auto | json, console, or auto: console where standard error is a terminal |
| CDS_METRICS | loopback | who may read /metrics: loopback (clients on this machine that no proxy sent), direct (any client that no proxy sent), open or off |
| CDS_OTEL | auto | traces over OpenTelemetry: on, off, or auto: where OTEL_EXPORTER_OTLP_ENDPOINT or its like is set |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cds._environment import (
    ConfigurationError,
    database_url,
    integer,
    integers,
    networks,
    one_of,
    origins,
    public_url,
    systems,
    web_address,
    words,
)
from cds.language.languages import LANGUAGES, Language
from cds.limits import Limits, Serving

__all__ = ["JURISDICTIONS", "MOST_WORKERS", "ConfigurationError", "Settings", "load_settings"]

JURISDICTIONS = ("US", "CA", "UK", "FR", "DE")

_REGISTRATION = ("required", "by-date", "off")
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
LogFormat = Literal["auto", "json", "console"]
MetricsAccess = Literal["loopback", "direct", "open", "off"]
_LOG_FORMATS: tuple[LogFormat, ...] = ("auto", "json", "console")
_METRICS: tuple[MetricsAccess, ...] = ("loopback", "direct", "open", "off")
_OTEL = ("auto", "on", "off")
_MAX_PORT = 65_535
MOST_WORKERS = 64
_LIMITS: Mapping[str, tuple[str, int | None]] = {
    "CDS_MAX_DEPTH": ("depth", 200),
    "CDS_MAX_STRING": ("string", None),
    "CDS_MAX_ORDERS": ("orders", None),
    "CDS_MAX_ENTRIES": ("entries", None),
    "CDS_MAX_TOTAL_ENTRIES": ("total_entries", None),
    "CDS_MAX_DOSING_TEXT": ("dosing_text", None),
    "CDS_MAX_UNITS": ("units", None),
}
_SERVING: Mapping[str, tuple[str, int | None]] = {
    "CDS_MAX_HEADER": ("header", None),
    "CDS_MAX_CONNECTIONS": ("connections", None),
    "CDS_MAX_IN_FLIGHT": ("in_flight", None),
    "CDS_MAX_RATE": ("rate", None),
    "CDS_MAX_READ_SECONDS": ("read_seconds", 3600),
    "CDS_MAX_SECONDS": ("seconds", 3600),
    "CDS_MAX_IDLE_SECONDS": ("idle_seconds", 3600),
    "CDS_DRAIN_SECONDS": ("drain_seconds", 3600),
    "CDS_STOP_SECONDS": ("stop_seconds", 3600),
}
"""Variable → member, and its largest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the environment decides; the module says which variable is which.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        workers: processes that answer.
        public_url: how clients reach the service, without a trailing slash.
        proxies: addresses and networks whose `X-Forwarded-For` is believed.
        max_body: largest request body, in bytes.
        limits: how much one call may ask for.
        serving: how much one process takes on.
        cors_origins: browser origins that may call; `("*",)` is any.
        jurisdiction: whose rules apply where neither order nor patient says.
        language: of cards where the call asks for none.
        rtu_registration: `required`, `by-date` or `off`.
        rtu_patient_systems: identifier systems of registered patients.
        rtu_prescriber_systems: identifier systems of registered prescribers.
        budget_ms: milliseconds for a whole answer.
        issuers: file of the organisations whose EHRs call; None where nobody is known.
        open_discovery: whether discovery needs no token.
        jwt_skew: seconds by which clocks may differ.
        jwt_max_age: seconds after `iat` from which a token is too old.
        jwks_lifetime: seconds after which published keys are fetched again.
        jwks_interval: least seconds between two fetches of one JWKS.
        data_dir: folder of the database; None for the user's own folder for data.
        database_url: address of the database, with its password; None for a file in that folder.
        keep_days: days after which feedback, cards shown and their counts are deleted; None keeps them.
        secret_file: the secret from which keys are derived; None for a file in the folder of the database.
        rtu_registry: `own`, or `ehr` where the EHR's record alone is evidence.
        rtu_url: address of the registry that is asked in place of the service's own.
        rtu_token_file: the bearer token of that registry, and for those who ask this one.
        rtu_timeout_ms: milliseconds for the registry's answer.
        oidc_issuer: OpenID Connect provider; None for a local administrator.
        oidc_client_id: the client that the provider knows.
        oidc_client_secret_file: its secret; None for a public client.
        oidc_groups: whose members may sign in; `*` for anybody whom the provider knows.
        session_hours: hours after which a person signs in again.
        public_url_is_given: whether the operator said how clients reach the service.
        log_level: lower-case name.
        log_format: `auto`, `json` or `console`.
        metrics: who may read them: `loopback`, `direct`, `open` or `off`.
        otel: whether traces are sent: `auto`, `on` or `off`.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    public_url: str = "http://127.0.0.1:8080"
    proxies: tuple[str, ...] = ()
    max_body: int = 1_048_576
    limits: Limits = field(default_factory=Limits)
    serving: Serving = field(default_factory=Serving)
    cors_origins: tuple[str, ...] = ("*",)
    jurisdiction: str = "FR"
    language: Language = "en"
    rtu_registration: str = "required"
    rtu_patient_systems: tuple[str, ...] = ("urn:baclofen-cds:rtu:patient",)
    rtu_prescriber_systems: tuple[str, ...] = ("urn:baclofen-cds:rtu:prescriber",)
    budget_ms: int = 400
    issuers: Path | None = None
    open_discovery: bool = False
    jwt_skew: int = 30
    jwt_max_age: int = 3600
    jwks_lifetime: int = 900
    jwks_interval: int = 30
    data_dir: Path | None = None
    database_url: str | None = None
    keep_days: int | None = None
    secret_file: Path | None = None
    rtu_registry: str = "own"
    rtu_url: str | None = None
    rtu_token_file: Path | None = None
    rtu_timeout_ms: int = 150
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_groups: tuple[str, ...] = ()
    session_hours: int = 8
    public_url_is_given: bool = False
    log_level: str = "info"
    log_format: LogFormat = "auto"
    metrics: MetricsAccess = "loopback"
    otel: str = "auto"

    @property
    def keeps_registry(self) -> bool:
        """Whether the service has a registry of its own that is asked."""
        return self.rtu_registry == "own" and self.rtu_url is None

    def as_environment(self) -> dict[str, str]:
        """The settings under their variables' names."""
        return {
            "CDS_HOST": self.host,
            "CDS_PORT": str(self.port),
            "CDS_WORKERS": str(self.workers),
            "CDS_PUBLIC_URL": self.public_url if self.public_url_is_given else "",
            "CDS_PROXIES": ",".join(self.proxies),
            "CDS_MAX_BODY": str(self.max_body),
            **{name: str(getattr(self.limits, member)) for name, (member, _) in _LIMITS.items()},
            **{name: str(getattr(self.serving, member)) for name, (member, _) in _SERVING.items()},
            "CDS_CORS_ORIGINS": ",".join(self.cors_origins),
            "CDS_JURISDICTION": self.jurisdiction,
            "CDS_LANGUAGE": self.language,
            "CDS_RTU_REGISTRATION": self.rtu_registration,
            "CDS_RTU_PATIENT_SYSTEMS": ",".join(self.rtu_patient_systems),
            "CDS_RTU_PRESCRIBER_SYSTEMS": ",".join(self.rtu_prescriber_systems),
            "CDS_BUDGET_MS": str(self.budget_ms),
            "CDS_ISSUERS": _path(self.issuers),
            "CDS_OPEN_DISCOVERY": "yes" if self.open_discovery else "no",
            "CDS_JWT_SKEW": str(self.jwt_skew),
            "CDS_JWT_MAX_AGE": str(self.jwt_max_age),
            "CDS_JWKS_LIFETIME": str(self.jwks_lifetime),
            "CDS_JWKS_INTERVAL": str(self.jwks_interval),
            "CDS_DATA_DIR": _path(self.data_dir),
            "CDS_DATABASE_URL": self.database_url or "",
            "CDS_KEEP_DAYS": "" if self.keep_days is None else str(self.keep_days),
            "CDS_SECRET_FILE": _path(self.secret_file),
            "CDS_RTU_REGISTRY": self.rtu_registry,
            "CDS_RTU_URL": self.rtu_url or "",
            "CDS_RTU_TOKEN_FILE": _path(self.rtu_token_file),
            "CDS_RTU_TIMEOUT_MS": str(self.rtu_timeout_ms),
            "CDS_OIDC_ISSUER": self.oidc_issuer or "",
            "CDS_OIDC_CLIENT_ID": self.oidc_client_id or "",
            "CDS_OIDC_CLIENT_SECRET_FILE": _path(self.oidc_client_secret_file),
            "CDS_OIDC_GROUPS": ",".join(self.oidc_groups),
            "CDS_SESSION_HOURS": str(self.session_hours),
            "CDS_LOG_LEVEL": self.log_level,
            "CDS_LOG_FORMAT": self.log_format,
            "CDS_METRICS": self.metrics,
            "CDS_OTEL": self.otel,
        }


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
) -> Settings:
    """Read the environment.

    Args:
        environ: variables by name; the process's own if None. A variable that is set to nothing counts as not set.
        host: takes the place of CDS_HOST.
        port: takes the place of CDS_PORT.
        workers: takes the place of CDS_WORKERS.

    Raises:
        ConfigurationError: a variable holds something else than it should.
    """
    given = {
        name: value.strip() for name, value in (os.environ if environ is None else environ).items() if value.strip()
    }
    if host is not None:
        given["CDS_HOST"] = host
    if port is not None:
        given["CDS_PORT"] = str(port)
    if workers is not None:
        given["CDS_WORKERS"] = str(workers)
    defaults = Settings()
    listen = integer(given, "CDS_PORT" if "CDS_PORT" in given else "PORT", defaults.port, maximum=_MAX_PORT)
    return Settings(
        host=given.get("CDS_HOST", defaults.host),
        port=listen,
        workers=integer(given, "CDS_WORKERS", defaults.workers, maximum=MOST_WORKERS),
        public_url=public_url(given, f"http://127.0.0.1:{listen}"),
        proxies=networks(given, "CDS_PROXIES"),
        max_body=integer(given, "CDS_MAX_BODY", defaults.max_body),
        limits=Limits(**integers(given, _LIMITS, defaults.limits)),
        serving=Serving(**integers(given, _SERVING, defaults.serving)),
        cors_origins=origins(given, defaults.cors_origins),
        jurisdiction=one_of(given, "CDS_JURISDICTION", defaults.jurisdiction, JURISDICTIONS),
        language=one_of(given, "CDS_LANGUAGE", defaults.language, LANGUAGES),
        rtu_registration=one_of(given, "CDS_RTU_REGISTRATION", defaults.rtu_registration, _REGISTRATION),
        rtu_patient_systems=systems(given, "CDS_RTU_PATIENT_SYSTEMS", defaults.rtu_patient_systems),
        rtu_prescriber_systems=systems(given, "CDS_RTU_PRESCRIBER_SYSTEMS", defaults.rtu_prescriber_systems),
        budget_ms=integer(given, "CDS_BUDGET_MS", defaults.budget_ms, minimum=50, maximum=10_000),
        issuers=_file(given, "CDS_ISSUERS"),
        open_discovery=one_of(given, "CDS_OPEN_DISCOVERY", "no", ("yes", "no")) == "yes",
        jwt_skew=integer(given, "CDS_JWT_SKEW", defaults.jwt_skew, minimum=0, maximum=300),
        jwt_max_age=integer(given, "CDS_JWT_MAX_AGE", defaults.jwt_max_age, minimum=60, maximum=86_400),
        jwks_lifetime=integer(given, "CDS_JWKS_LIFETIME", defaults.jwks_lifetime, minimum=10, maximum=86_400),
        jwks_interval=integer(given, "CDS_JWKS_INTERVAL", defaults.jwks_interval, maximum=3600),
        data_dir=_file(given, "CDS_DATA_DIR"),
        database_url=database_url(given),
        keep_days=integer(given, "CDS_KEEP_DAYS", 0, maximum=36_500) or None,
        secret_file=_file(given, "CDS_SECRET_FILE"),
        rtu_registry=one_of(given, "CDS_RTU_REGISTRY", defaults.rtu_registry, ("own", "ehr")),
        rtu_url=web_address(given, "CDS_RTU_URL"),
        rtu_token_file=_file(given, "CDS_RTU_TOKEN_FILE"),
        rtu_timeout_ms=integer(given, "CDS_RTU_TIMEOUT_MS", defaults.rtu_timeout_ms, minimum=10, maximum=5000),
        oidc_issuer=web_address(given, "CDS_OIDC_ISSUER"),
        oidc_client_id=given.get("CDS_OIDC_CLIENT_ID"),
        oidc_client_secret_file=_file(given, "CDS_OIDC_CLIENT_SECRET_FILE"),
        oidc_groups=words(given, "CDS_OIDC_GROUPS", defaults.oidc_groups),
        session_hours=integer(given, "CDS_SESSION_HOURS", defaults.session_hours, maximum=168),
        public_url_is_given="CDS_PUBLIC_URL" in given,
        log_level=one_of(given, "CDS_LOG_LEVEL", defaults.log_level, _LOG_LEVELS),
        log_format=one_of(given, "CDS_LOG_FORMAT", defaults.log_format, _LOG_FORMATS),
        metrics=one_of(given, "CDS_METRICS", defaults.metrics, _METRICS),
        otel=one_of(given, "CDS_OTEL", defaults.otel, _OTEL),
    )


def _path(path: Path | None) -> str:
    return "" if path is None else str(path)


def _file(given: Mapping[str, str], name: str) -> Path | None:
    return Path(given[name]) if name in given else None
