"""The pages as the service puts them together, and the administrator on the command line."""

import asyncio
import re

import httpx
import pytest

from cds._assembly import check_store, keys_of, service_of, store_of
from cds._pages import provider_of, setup_notice, with_store
from cds.settings import ConfigurationError, Settings
from cds.store import Memory, StoredSessions
from cds.web.accounts import Administrator
from tests.test_cli import run  # noqa: F401 -- a fixture

PASSWORD = "three plain words"


def era(settings):
    return with_store(settings, keys_of(settings), lambda store: StoredSessions(store).era())


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in Settings().as_environment():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("cds.web.accounts.passwords._N", 2**8)
    return Settings(data_dir=tmp_path)


def with_administrator(settings, do):
    async def done():
        store = store_of(settings, keys_of(settings))
        try:
            return await do(Administrator(Memory(store), keys_of(settings).setup))
        finally:
            await store.close()

    return asyncio.run(done())


def test_the_service_has_a_sign_in(settings):
    app = service_of(settings)

    async def asked():
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://cds") as web,
        ):
            return [await web.get(path) for path in ("/rules", "/sign-in", "/sign-in/setup", "/sign-in/begin")]

    rules, sign_in, setup, begin = asyncio.run(asked())
    assert 'href="./sign-in?next=rules"' in rules.text
    assert "No password has been chosen yet" in sign_in.text
    assert (setup.status_code, begin.status_code) == (200, 404)


def test_with_a_provider_there_is_no_password(settings, tmp_path):
    file = tmp_path / "client"
    file.write_text("hush\n")
    given = Settings(
        data_dir=tmp_path,
        oidc_issuer="https://login.example.org",
        oidc_client_id="cds",
        oidc_client_secret_file=file,
        oidc_groups=("ward",),
    )
    provider = provider_of(given)
    assert (provider.client_secret, provider.groups) == ("hush", ("ward",))
    paths = {route.path for route in service_of(given).routes}
    assert "/sign-in/begin" in paths
    assert "/sign-in/setup" not in paths
    assert setup_notice(given, keys_of(given)) is None


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({}, "CDS_OIDC_CLIENT_ID"),
        ({"oidc_client_id": "cds"}, "CDS_OIDC_GROUPS"),
        ({"oidc_client_id": "cds", "oidc_groups": ("*", "ward")}, "CDS_OIDC_GROUPS"),
        (
            {"oidc_client_id": "cds", "oidc_groups": ("ward",), "oidc_client_secret_file": "missing"},
            "CDS_OIDC_CLIENT_SECRET_FILE",
        ),
        (
            {"oidc_client_id": "cds", "oidc_groups": ("ward",), "oidc_client_secret_file": "empty"},
            "CDS_OIDC_CLIENT_SECRET_FILE",
        ),
    ],
)
def test_a_provider_by_halves(settings, tmp_path, members, named):
    (tmp_path / "empty").write_text(" \n")
    if "oidc_client_secret_file" in members:
        members = {**members, "oidc_client_secret_file": tmp_path / members["oidc_client_secret_file"]}
    with pytest.raises(ConfigurationError, match=named):
        service_of(Settings(data_dir=tmp_path, oidc_issuer="https://login.example.org", **members))


@pytest.mark.parametrize(("groups", "warned"), [(("*",), True), (("ward", "pharmacy"), False)])
def test_that_anybody_may_sign_in_is_said_and_warned_of(settings, tmp_path, caplog, groups, warned):
    issuer = "https://login.example.org"
    found = provider_of(Settings(data_dir=tmp_path, oidc_issuer=issuer, oidc_client_id="cds", oidc_groups=groups))
    assert found.groups == groups
    assert ("CDS_OIDC_GROUPS is *" in caplog.text) is warned


def test_the_terminal_shows_the_code_until_there_is_a_password(settings):
    notice = setup_notice(settings, keys_of(settings))
    assert re.search(
        r"http://127\.0\.0\.1:8080/sign-in/setup with the setup code (?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$", notice
    )
    with_administrator(settings, lambda administrator: administrator.change(PASSWORD))
    assert setup_notice(settings, keys_of(settings)) is None


def test_the_code_on_the_command_line(settings, run):  # noqa: F811
    check_store(settings, keys_of(settings))
    code, out, _ = run("admin", "code")
    assert code == 0
    assert out.strip() in setup_notice(settings, keys_of(settings))
    with_administrator(settings, lambda administrator: administrator.change(PASSWORD))
    code, out, err = run("admin", "code")
    assert (code, out) == (4, "")
    assert "chosen already" in err


def test_all_sessions_end_from_the_command_line_with_a_provider_too(settings, run, monkeypatch):  # noqa: F811
    found = [era(settings)]
    for issuer in ("", "https://login.example.org"):
        monkeypatch.setenv("CDS_OIDC_ISSUER", issuer)
        code, out, _ = run("admin", "sign-out-all")
        assert (code, out) == (0, "Everybody is signed out.\n")
        found.append(era(settings))
    assert found[0] == ""
    assert len(set(found)) == 3


def test_the_password_on_the_command_line(settings, run, monkeypatch):  # noqa: F811
    asked = []

    def prompt(text, **options):
        asked.append(options)
        return answers.pop(0)

    answers = [PASSWORD, "too short"]
    monkeypatch.setattr("typer.prompt", prompt)
    code, out, _ = run("admin", "password")
    assert (code, out) == (0, "The password is set.\n")
    assert asked[0]["hide_input"]
    assert asked[0]["confirmation_prompt"]
    assert with_administrator(settings, lambda administrator: administrator.knows(PASSWORD))
    code, out, err = run("admin", "password")
    assert (code, out) == (2, "")
    assert "at least 12 characters" in " ".join(err.split())
    assert with_administrator(settings, lambda administrator: administrator.knows(PASSWORD))


@pytest.mark.parametrize("command", ["code", "password"])
def test_without_a_local_administrator(settings, run, monkeypatch, command):  # noqa: F811
    monkeypatch.setenv("CDS_OIDC_ISSUER", "https://login.example.org")
    code, out, err = run("admin", command)
    assert (code, out) == (4, "")
    assert "CDS_OIDC_ISSUER" in err


def test_a_database_that_is_down(settings, tmp_path, run):  # noqa: F811
    (tmp_path / "baclofen-cds.sqlite").mkdir()
    code, _, err = run("admin", "code")
    assert code == 4
    assert "the database does not answer" in err
    assert setup_notice(settings, keys_of(settings)) is None
