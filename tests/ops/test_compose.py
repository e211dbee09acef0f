"""`docker/compose.yaml`: valid Compose, whole, closed, and in step with the service and its image."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from compose_spec.compose_spec import PyCompose

from cds import __version__
from cds._assembly import callers_of
from cds.security import Issuers
from cds.settings import Settings, load_settings
from tests.store.conftest import RELEASE

DOCKER = Path(__file__).resolve().parents[2] / "docker"
TEXT = (DOCKER / "compose.yaml").read_text()
INSTANCES = ("cds-a", "cds-b")


HEAD = TEXT.partition("\nname:")[0]
EXAMPLE = dict(
    line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if not line.startswith("#")
)
"""What the file `.env` gives, as it comes."""


def interpolated() -> dict[str, Any]:
    """The file as Compose reads it with the example of an `.env` file."""
    text = re.sub(r"\$\{([A-Z_]+):-([^}]*)\}", lambda each: EXAMPLE.get(each[1], each[2]), TEXT)
    text = re.sub(r"\$\{([A-Z_]+):\?[^}]*\}", lambda each: EXAMPLE[each[1]], text)
    assert "${" not in text
    read: dict[str, Any] = yaml.safe_load(text)
    return read


COMPOSE = interpolated()


def held(document: dict[str, Any]) -> None:
    """Hold a document against the Compose specification.

    Raises:
        ValueError: it breaks it.
    """
    compose = PyCompose.from_json(json.dumps(document))
    compose.validate()


def test_it_is_compose():
    held(COMPOSE)


@pytest.mark.parametrize(
    "fault", [{"capdrop": ["ALL"]}, {"tmpfs": 5}, {"healthcheck": {"test": ["haproxy"]}}, {"networks": ["elsewhere"]}]
)
def test_faults_would_be_found(fault):
    broken = json.loads(json.dumps(COMPOSE))
    broken["services"]["proxy"] |= fault
    with pytest.raises(ValueError):
        held(broken)


@pytest.mark.parametrize("name", list(COMPOSE["services"]))
def test_every_service_is_closed(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert ("ports" in service) == (name == "proxy"), "only TLS is reachable from outside"
    assert "healthcheck" in service or name in INSTANCES, "the image of the service brings its own"
    assert not [each for each in service.get("environment", {}).values() if re.search(r"://[^/]*:[^/]*@", each)]


def test_secrets_are_files_that_are_not_in_the_repository():
    used = {name for service in COMPOSE["services"].values() for name in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    ignored = (DOCKER / ".gitignore").read_text().split()
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert ignored == ["/.env", "/secrets/", "/issuers.yaml"]


def test_the_steps_of_the_head_make_every_file_that_is_mounted():
    copied = dict(re.findall(r"\bcp (\S+) (\S+)", HEAD))
    for source in copied:
        assert (DOCKER / source).is_file(), source
    made = {f"./{each}" for each in {*copied.values(), *re.findall(r">(secrets/\S+)", HEAD)}}
    mounted = {secret["file"] for secret in COMPOSE["secrets"].values()}
    mounted |= {
        source
        for service in COMPOSE["services"].values()
        for each in service.get("volumes", ())
        if (source := each.partition(":")[0]).startswith("./")
    }
    assert {each for each in mounted if not (DOCKER / each).is_file()} == made - {"./.env"}


def test_every_variable_is_in_the_example_of_an_env_file():
    text = (DOCKER / ".env.example").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE)) == set(re.findall(r"\$\{([A-Z_]+):", TEXT))


def started(issuers: Path) -> Issuers:
    """Who may call, as `serve` finds it out in an instance with this file."""
    beyond = dict(re.findall(r"\b(CDS_\w+)=(\S+)", (DOCKER / "Dockerfile").read_text()))
    given = beyond | COMPOSE["services"]["cds-a"]["environment"] | {"CDS_ISSUERS": str(issuers)}
    return callers_of(load_settings(given), sandbox=False, insecure=False)


def test_the_service_starts_with_the_example_of_issuers():
    assert len(started(DOCKER / "issuers.example.yaml").known) == 2


def test_it_would_not_with_one_who_needs_no_token(capsys):
    with pytest.raises(SystemExit) as ended:
        started(DOCKER.parent / "docs" / "issuers.example.yaml")
    assert ended.value.code == 4
    assert "A developer's EHR" in capsys.readouterr().err


def test_the_guide_tells_how_an_instance_gets_what_has_changed():
    guide = (DOCKER.parent / "docs" / "operations.md").read_text()
    for name in INSTANCES:
        command = f"docker compose up -d --no-deps --force-recreate --wait {name}"
        assert command in HEAD
        assert command in guide


@pytest.mark.parametrize("name", INSTANCES)
def test_the_instances_have_usable_settings(name):
    service = COMPOSE["services"][name]
    given = {key: value for key, value in service["environment"].items() if key not in {"PGPASSFILE", "TZ"}}
    assert set(given) <= set(Settings().as_environment())
    settings = load_settings(given)
    serving = settings.serving
    assert int(service["stop_grace_period"].removesuffix("s")) > serving.drain_seconds + serving.stop_seconds + 5
    assert settings.metrics == "direct"
    assert service["image"] == f"baclofen-cds:{__version__}"
    assert {f"/run/secrets/{each}" for each in service["secrets"]} == {
        str(settings.secret_file),
        service["environment"]["PGPASSFILE"],
    }
    (user,) = re.findall(r"^USER (\d+):", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert f"/data:size=16m,mode=700,uid={user},gid={user}" in service["tmpfs"]


def test_the_time_zone_has_to_be_given_and_there_is_such_a_one():
    assert "${TZ:?" in TEXT, "UTC would be another day for an hour or two of each night"
    for name in INSTANCES:
        assert ZoneInfo(COMPOSE["services"][name]["environment"]["TZ"]).key == EXAMPLE["TZ"]


def test_the_database_is_of_the_release_that_the_tests_run_with():
    service = COMPOSE["services"]["postgresql"]
    assert service["image"] == f"docker.io/library/postgres:{RELEASE}-alpine"
    assert service["volumes"] == ["postgresql:/var/lib/postgresql"], "elsewhere the data would go with the container"
    guide = (DOCKER.parent / "docs" / "operations.md").read_text()
    assert f"PostgreSQL (tested with {RELEASE})" in guide


def test_the_proxy_is_told_all_that_its_configuration_asks():
    configuration = (DOCKER / "haproxy.cfg").read_text()
    asked = set(re.findall(r'"\$\{([A-Z_]+)\}"', configuration))
    given = COMPOSE["services"]["proxy"]["environment"]
    assert asked == set(given)
    assert [given["CDS_A"], given["CDS_B"]] == [f"{name}:8080" for name in INSTANCES]
