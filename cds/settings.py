"""What the environment decides, read once.

| variable | default | meaning |
|---|---|---|
| CDS_HOST | 127.0.0.1 | address to listen on |
| CDS_PORT, else PORT | 8080 | port to listen on, 1 to 65535 |
| CDS_PUBLIC_URL | http://127.0.0.1:PORT | how clients reach the service: base of rule links and of `source.topic.system` |
| CDS_MAX_BODY | 1048576 | largest request body, in bytes |
| CDS_CORS_ORIGINS | * | browser origins that may call, comma-separated, or * |
| CDS_JURISDICTION | FR | whose rules apply where nothing says: US, CA, UK, FR or DE |
| CDS_LANGUAGE | en | language of cards where the call asks for none: en or fr |
| CDS_RTU_REGISTRATION | required | French registration checks: required, by-date (the dates of the scheme only) or off |
| CDS_RTU_PATIENT_SYSTEMS | urn:baclofen-cds:rtu:patient | identifier systems that say a patient is registered, comma-separated |
| CDS_RTU_PRESCRIBER_SYSTEMS | urn:baclofen-cds:rtu:prescriber | the same for prescribers |
| CDS_ISSUERS | none | file of the organisations whose EHRs call, YAML or JSON; `docs/issuers.example.yaml` shows one |
| CDS_LOG_LEVEL | info | critical, error, warning, info or debug |
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cds.language.languages import LANGUAGES, Language

__all__ = ["JURISDICTIONS", "ConfigurationError", "Settings", "load_settings"]

T = TypeVar("T", bound=str)

JURISDICTIONS = ("US", "CA", "UK", "FR", "DE")

_REGISTRATION = ("required", "by-date", "off")
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
_MAX_PORT = 65_535
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
        cors_origins: browser origins that may call; `("*",)` is any.
        jurisdiction: whose rules apply where neither order nor patient says.
        language: of cards where the call asks for none.
        rtu_registration: `required`, `by-date` or `off`.
        rtu_patient_systems: identifier systems of registered patients.
        rtu_prescriber_systems: identifier systems of registered prescribers.
        issuers: file of the organisations whose EHRs call; None where nobody is known.
        log_level: lower-case name.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    max_body: int = 1_048_576
    cors_origins: tuple[str, ...] = ("*",)
    jurisdiction: str = "FR"
    language: Language = "en"
    rtu_registration: str = "required"
    rtu_patient_systems: tuple[str, ...] = ("urn:baclofen-cds:rtu:patient",)
    rtu_prescriber_systems: tuple[str, ...] = ("urn:baclofen-cds:rtu:prescriber",)
    issuers: Path | None = None
    log_level: str = "info"

    def as_environment(self) -> dict[str, str]:
        """The settings under their variables' names."""
        return {
            "CDS_HOST": self.host,
            "CDS_PORT": str(self.port),
            "CDS_PUBLIC_URL": self.public_url,
            "CDS_MAX_BODY": str(self.max_body),
            "CDS_CORS_ORIGINS": ",".join(self.cors_origins),
            "CDS_JURISDICTION": self.jurisdiction,
            "CDS_LANGUAGE": self.language,
            "CDS_RTU_REGISTRATION": self.rtu_registration,
            "CDS_RTU_PATIENT_SYSTEMS": ",".join(self.rtu_patient_systems),
            "CDS_RTU_PRESCRIBER_SYSTEMS": ",".join(self.rtu_prescriber_systems),
            "CDS_ISSUERS": "" if self.issuers is None else str(self.issuers),
            "CDS_LOG_LEVEL": self.log_level,
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
        cors_origins=_origins(given, defaults.cors_origins),
        jurisdiction=_one_of(given, "CDS_JURISDICTION", defaults.jurisdiction, JURISDICTIONS),
        language=_one_of(given, "CDS_LANGUAGE", defaults.language, LANGUAGES),
        rtu_registration=_one_of(given, "CDS_RTU_REGISTRATION", defaults.rtu_registration, _REGISTRATION),
        rtu_patient_systems=_systems(given, "CDS_RTU_PATIENT_SYSTEMS", defaults.rtu_patient_systems),
        rtu_prescriber_systems=_systems(given, "CDS_RTU_PRESCRIBER_SYSTEMS", defaults.rtu_prescriber_systems),
        issuers=Path(given["CDS_ISSUERS"]) if "CDS_ISSUERS" in given else defaults.issuers,
        log_level=_one_of(given, "CDS_LOG_LEVEL", defaults.log_level, _LOG_LEVELS),
    )


def _integer(given: Mapping[str, str], name: str, default: int, *, maximum: int | None = None) -> int:
    value = given.get(name)
    if value is None:
        return default
    expected = "a whole number from 1" + (f" to {maximum}" if maximum else "")
    if not re.fullmatch(r"[0-9]{1,12}", value) or not 1 <= int(value) <= (maximum or int(value)):
        raise ConfigurationError(name, value, expected)
    return int(value)


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


def _public_url(given: Mapping[str, str], default: str) -> str:
    value = given.get("CDS_PUBLIC_URL", default).rstrip("/")
    if not re.fullmatch(r"https?://[^\s?#]+", value):
        raise ConfigurationError("CDS_PUBLIC_URL", given["CDS_PUBLIC_URL"], "an http or https address without query")
    return value
