"""What the environment decides, read once.

| variable | default | meaning |
|---|---|---|
| CDS_HOST | 127.0.0.1 | address to listen on |
| CDS_PORT, else PORT | 8080 | port to listen on, 1 to 65535 |
| CDS_PUBLIC_URL | http://127.0.0.1:PORT | how clients reach the service: base of rule links and of `source.topic.system` |
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
| CDS_DATA_DIR | ~/.local/share/baclofen-cds | folder of the database of the tokens seen, on a local disk |
| CDS_DATABASE_URL | a file in CDS_DATA_DIR | `postgresql://…`, which several replicas need; without issuers no database is opened |
| CDS_LOG_LEVEL | info | critical, error, warning, info or debug |
| CDS_LOG_FORMAT | auto | json, console, or auto: console where standard error is a terminal |
| CDS_METRICS | loopback | who may read /metrics: loopback (clients on this machine that no proxy sent), open or off |
| CDS_OTEL | auto | traces over OpenTelemetry: on, off, or auto: where OTEL_EXPORTER_OTLP_ENDPOINT or its like is set |
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from cds.language.languages import LANGUAGES, Language
from cds.limits import Limits, Serving

__all__ = ["JURISDICTIONS", "ConfigurationError", "Settings", "load_settings"]

T = TypeVar("T", bound=str)

JURISDICTIONS = ("US", "CA", "UK", "FR", "DE")

_REGISTRATION = ("required", "by-date", "off")
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
LogFormat = Literal["auto", "json", "console"]
MetricsAccess = Literal["loopback", "open", "off"]
_LOG_FORMATS: tuple[LogFormat, ...] = ("auto", "json", "console")
_METRICS: tuple[MetricsAccess, ...] = ("loopback", "open", "off")
_OTEL = ("auto", "on", "off")
_MAX_PORT = 65_535
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
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


class ConfigurationError(ValueError):
    """A setting that cannot be used.

    Attributes:
        name: the environment variable.
        value: what it holds.
    """

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={value!r}: must be {expected}")
        self.name = name
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the environment decides; the module says which variable is which.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        public_url: how clients reach the service, without a trailing slash.
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
        public_url_is_given: whether the operator said how clients reach the service.
        log_level: lower-case name.
        log_format: `auto`, `json` or `console`.
        metrics: who may read them: `loopback`, `open` or `off`.
        otel: whether traces are sent: `auto`, `on` or `off`.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
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
    public_url_is_given: bool = False
    log_level: str = "info"
    log_format: LogFormat = "auto"
    metrics: MetricsAccess = "loopback"
    otel: str = "auto"

    def as_environment(self) -> dict[str, str]:
        """The settings under their variables' names."""
        return {
            "CDS_HOST": self.host,
            "CDS_PORT": str(self.port),
            "CDS_PUBLIC_URL": self.public_url if self.public_url_is_given else "",
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
            "CDS_ISSUERS": "" if self.issuers is None else str(self.issuers),
            "CDS_OPEN_DISCOVERY": "yes" if self.open_discovery else "no",
            "CDS_JWT_SKEW": str(self.jwt_skew),
            "CDS_JWT_MAX_AGE": str(self.jwt_max_age),
            "CDS_JWKS_LIFETIME": str(self.jwks_lifetime),
            "CDS_JWKS_INTERVAL": str(self.jwks_interval),
            "CDS_DATA_DIR": "" if self.data_dir is None else str(self.data_dir),
            "CDS_DATABASE_URL": self.database_url or "",
            "CDS_LOG_LEVEL": self.log_level,
            "CDS_LOG_FORMAT": self.log_format,
            "CDS_METRICS": self.metrics,
            "CDS_OTEL": self.otel,
        }


def load_settings(
    environ: Mapping[str, str] | None = None, *, host: str | None = None, port: int | None = None
) -> Settings:
    """Read the environment.

    Args:
        environ: variables by name; the process's own if None. A variable that is set to nothing counts as not set.
        host: takes the place of CDS_HOST.
        port: takes the place of CDS_PORT.

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
    defaults = Settings()
    listen = _integer(given, "CDS_PORT" if "CDS_PORT" in given else "PORT", defaults.port, maximum=_MAX_PORT)
    return Settings(
        host=given.get("CDS_HOST", defaults.host),
        port=listen,
        public_url=_public_url(given, f"http://127.0.0.1:{listen}"),
        max_body=_integer(given, "CDS_MAX_BODY", defaults.max_body),
        limits=Limits(**_integers(given, _LIMITS, defaults.limits)),
        serving=Serving(**_integers(given, _SERVING, defaults.serving)),
        cors_origins=_origins(given, defaults.cors_origins),
        jurisdiction=_one_of(given, "CDS_JURISDICTION", defaults.jurisdiction, JURISDICTIONS),
        language=_one_of(given, "CDS_LANGUAGE", defaults.language, LANGUAGES),
        rtu_registration=_one_of(given, "CDS_RTU_REGISTRATION", defaults.rtu_registration, _REGISTRATION),
        rtu_patient_systems=_systems(given, "CDS_RTU_PATIENT_SYSTEMS", defaults.rtu_patient_systems),
        rtu_prescriber_systems=_systems(given, "CDS_RTU_PRESCRIBER_SYSTEMS", defaults.rtu_prescriber_systems),
        budget_ms=_integer(given, "CDS_BUDGET_MS", defaults.budget_ms, minimum=50, maximum=10_000),
        issuers=Path(given["CDS_ISSUERS"]) if "CDS_ISSUERS" in given else defaults.issuers,
        open_discovery=_one_of(given, "CDS_OPEN_DISCOVERY", "no", ("yes", "no")) == "yes",
        jwt_skew=_integer(given, "CDS_JWT_SKEW", defaults.jwt_skew, minimum=0, maximum=300),
        jwt_max_age=_integer(given, "CDS_JWT_MAX_AGE", defaults.jwt_max_age, minimum=60, maximum=86_400),
        jwks_lifetime=_integer(given, "CDS_JWKS_LIFETIME", defaults.jwks_lifetime, minimum=10, maximum=86_400),
        jwks_interval=_integer(given, "CDS_JWKS_INTERVAL", defaults.jwks_interval, maximum=3600),
        data_dir=Path(given["CDS_DATA_DIR"]) if "CDS_DATA_DIR" in given else defaults.data_dir,
        database_url=_database_url(given),
        public_url_is_given="CDS_PUBLIC_URL" in given,
        log_level=_one_of(given, "CDS_LOG_LEVEL", defaults.log_level, _LOG_LEVELS),
        log_format=_one_of(given, "CDS_LOG_FORMAT", defaults.log_format, _LOG_FORMATS),
        metrics=_one_of(given, "CDS_METRICS", defaults.metrics, _METRICS),
        otel=_one_of(given, "CDS_OTEL", defaults.otel, _OTEL),
    )


def _integer(given: Mapping[str, str], name: str, default: int, *, minimum: int = 1, maximum: int | None = None) -> int:
    value = given.get(name)
    if value is None:
        return default
    expected = f"a whole number from {minimum}" + (f" to {maximum}" if maximum else "")
    if not re.fullmatch(r"[0-9]{1,12}", value) or not minimum <= int(value) <= (maximum or int(value)):
        raise ConfigurationError(name, value, expected)
    return int(value)


def _integers(
    given: Mapping[str, str], variables: Mapping[str, tuple[str, int | None]], defaults: object
) -> dict[str, int]:
    return {
        member: _integer(given, name, getattr(defaults, member), maximum=maximum)
        for name, (member, maximum) in variables.items()
    }


def _one_of(given: Mapping[str, str], name: str, default: T, allowed: Collection[T]) -> T:
    value = given.get(name)
    if value is None:
        return default
    for candidate in allowed:
        if value.lower() == candidate.lower():
            return candidate
    raise ConfigurationError(name, value, f"one of {', '.join(allowed)}")


def _list(given: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in given:
        return default
    return tuple(dict.fromkeys(item.strip() for item in given[name].split(",") if item.strip()))


def _systems(given: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = _list(given, name, default)
    if not found or not all(_ABSOLUTE_URI.fullmatch(item) for item in found):
        raise ConfigurationError(name, given[name], "absolute URIs, comma-separated")
    return found


def _origins(given: Mapping[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    found = _list(given, "CDS_CORS_ORIGINS", default)
    if found != ("*",) and not (found and all(re.fullmatch(r"https?://[^/\s]+", item) for item in found)):
        expected = "* or origins such as https://ehr.example.org, comma-separated"
        raise ConfigurationError("CDS_CORS_ORIGINS", given["CDS_CORS_ORIGINS"], expected)
    return found


def _database_url(given: Mapping[str, str]) -> str | None:
    value = given.get("CDS_DATABASE_URL")
    if value is not None and not re.match(r"(postgresql(\+asyncpg)?|postgres|sqlite(\+aiosqlite)?)://", value):
        # The value is left out of the message: it may hold a password.
        raise ConfigurationError("CDS_DATABASE_URL", "…", "an address such as postgresql://user:password@host/database")
    return value


def _public_url(given: Mapping[str, str], default: str) -> str:
    value = given.get("CDS_PUBLIC_URL", default).rstrip("/")
    if not re.fullmatch(r"https?://[^\s?#]+", value):
        raise ConfigurationError("CDS_PUBLIC_URL", given["CDS_PUBLIC_URL"], "an http or https address without query")
    return value
