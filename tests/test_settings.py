import re
from pathlib import Path

import pytest

import cds.settings
from cds.limits import Limits, Serving
from cds.settings import ConfigurationError, Settings, load_settings


def test_nothing_set_gives_the_defaults():
    assert load_settings({}) == Settings()
    assert Settings().rtu_patient_systems == ("urn:baclofen-cds:rtu:patient",)
    assert Settings().rtu_prescriber_systems == ("urn:baclofen-cds:rtu:prescriber",)


def test_everything_can_be_set():
    settings = Settings(
        host="0.0.0.0",
        port=9000,
        workers=4,
        public_url="https://cds.example.org/baclofen",
        proxies=("192.0.2.1", "10.0.3.0/24", "fd00::/8"),
        max_body=2048,
        limits=Limits(depth=10, string=11, orders=12, entries=13, total_entries=14, dosing_text=15, units=16),
        serving=Serving(
            header=20,
            connections=21,
            in_flight=22,
            rate=23,
            read_seconds=24,
            seconds=25,
            idle_seconds=26,
            drain_seconds=27,
            stop_seconds=28,
        ),
        cors_origins=("https://a.example", "https://b.example"),
        jurisdiction="UK",
        language="fr",
        rtu_registration="by-date",
        rtu_patient_systems=("urn:a", "https://b.example/ids"),
        rtu_prescriber_systems=("urn:oid:1.2.3",),
        budget_ms=250,
        issuers=Path("/etc/baclofen-cds/issuers.yaml"),
        open_discovery=True,
        jwt_skew=0,
        jwt_max_age=300,
        jwks_lifetime=60,
        jwks_interval=10,
        data_dir=Path("/var/lib/baclofen-cds"),
        database_url="postgresql://cds:secret@db.example/cds",
        keep_days=400,
        secret_file=Path("/etc/baclofen-cds/secret"),
        rtu_registry="ehr",
        rtu_url="https://rtu.example.org/registry",
        rtu_token_file=Path("/etc/baclofen-cds/rtu-token"),
        rtu_timeout_ms=99,
        oidc_issuer="https://id.example.org/realms/hospital",
        oidc_client_id="baclofen-cds",
        oidc_client_secret_file=Path("/etc/baclofen-cds/oidc"),
        oidc_groups=("pharmacy", "safety committee"),
        session_hours=4,
        public_url_is_given=True,
        log_level="debug",
        log_format="json",
        metrics="off",
        otel="on",
    )
    assert load_settings(settings.as_environment()) == settings


def test_every_variable_is_documented():
    documented = set(re.findall(r"CDS_[A-Z_]+", cds.settings.__doc__))
    assert documented == set(Settings().as_environment())


def test_set_to_nothing_is_not_set():
    assert load_settings({"CDS_PORT": " ", "CDS_JURISDICTION": ""}) == Settings()


def test_the_public_address_follows_the_port():
    assert load_settings({"CDS_PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    assert load_settings({"CDS_PUBLIC_URL": "https://cds.example.org/"}).public_url == "https://cds.example.org"


def test_port_without_prefix_stands_behind_the_one_with_it():
    assert load_settings({"PORT": "9001"}).port == 9001
    assert load_settings({"PORT": "9001", "CDS_PORT": "9002"}).port == 9002


def test_arguments_take_the_place_of_variables():
    settings = load_settings({"CDS_PORT": "9000", "CDS_HOST": "::1"}, host="127.0.0.2", port=9003)
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.2", 9003, "http://127.0.0.1:9003")


def test_letter_case_and_blanks_are_forgiven():
    settings = load_settings(
        {"CDS_JURISDICTION": " us ", "CDS_LOG_LEVEL": "INFO", "CDS_RTU_PATIENT_SYSTEMS": " urn:a , urn:b,"}
    )
    assert (settings.jurisdiction, settings.log_level) == ("US", "info")
    assert settings.rtu_patient_systems == ("urn:a", "urn:b")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CDS_PORT", "http"),
        ("CDS_PORT", "0"),
        ("CDS_PORT", "65536"),
        ("CDS_PORT", "-1"),
        ("CDS_PORT", "8080.0"),
        ("PORT", "x"),
        ("CDS_WORKERS", "0"),
        ("CDS_WORKERS", "65"),
        ("CDS_PROXIES", "proxy.example"),
        ("CDS_PROXIES", "*"),
        ("CDS_PROXIES", "10.0.3.1/24"),
        ("CDS_PROXIES", "192.0.2.1:8080"),
        ("CDS_MAX_BODY", "1MiB"),
        ("CDS_MAX_BODY", "0"),
        ("CDS_MAX_ORDERS", "0"),
        ("CDS_MAX_DEPTH", "201"),
        ("CDS_MAX_RATE", "2.5"),
        ("CDS_MAX_SECONDS", "3601"),
        ("CDS_JURISDICTION", "BE"),
        ("CDS_RTU_REGISTRATION", "yes"),
        ("CDS_RTU_PATIENT_SYSTEMS", "rtu"),
        ("CDS_RTU_PATIENT_SYSTEMS", ","),
        ("CDS_RTU_PRESCRIBER_SYSTEMS", "urn:a,b c"),
        ("CDS_PUBLIC_URL", "cds.example.org"),
        ("CDS_PUBLIC_URL", "https://x.example/?a=b"),
        ("CDS_CORS_ORIGINS", "ehr.example.org"),
        ("CDS_CORS_ORIGINS", "*,https://a.example"),
        ("CDS_CORS_ORIGINS", "https://a.example/path"),
        ("CDS_OPEN_DISCOVERY", "true"),
        ("CDS_JWT_SKEW", "-1"),
        ("CDS_JWT_SKEW", "301"),
        ("CDS_JWT_MAX_AGE", "59"),
        ("CDS_JWKS_LIFETIME", "9"),
        ("CDS_JWKS_INTERVAL", "0"),
        ("CDS_KEEP_DAYS", "0"),
        ("CDS_KEEP_DAYS", "36501"),
        ("CDS_KEEP_DAYS", "30 days"),
        ("CDS_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(name, value):
    with pytest.raises(ConfigurationError, match="must be") as caught:
        load_settings({name: value})
    assert (caught.value.name, caught.value.value) == (name, value)
    assert f"{name}={value!r}" in str(caught.value)


@pytest.mark.parametrize("value", ["mysql://cds:secret@db/cds", "secret", "postgresql+psycopg2://cds:secret@db/cds"])
def test_a_database_of_another_kind_is_refused_without_its_password(value):
    with pytest.raises(ConfigurationError, match="postgresql://") as caught:
        load_settings({"CDS_DATABASE_URL": value})
    assert "secret" not in str(caught.value)
