import io
import json
import shlex
import socket
import sys
import types
from datetime import datetime

import pytest
from starlette.routing import Route

from cds import __version__, cli
from cds.evaluation import Pending
from cds.examples import ORDER_SIGN
from cds.knowledge import KnowledgeError
from cds.settings import Settings
from tests.calls import body, call, card, response


class Knowledge(str):
    """Stands for what is loaded."""

    __slots__ = ()
    version = "2026-01-01"
    rules = ()
    remedies = ()


@pytest.fixture
def seen(monkeypatch, tmp_path):
    """The service's parts replaced by recorders: what `evaluate` and `serve` were called with."""
    calls = []

    def evaluate(request, knowledge, settings, now, *, language, issuer):
        calls.append((request, knowledge, settings, now))
        return response(card(detail=language))

    parts = types.SimpleNamespace(evaluate=evaluate, begin=evaluate, may_concern=None, wanted=None, Pending=Pending)
    monkeypatch.setitem(sys.modules, "cds.evaluation", parts)
    monkeypatch.setattr("cds.knowledge.load_knowledge", lambda: Knowledge("knowledge"))
    monkeypatch.setattr("cds.http.server.serve", lambda app, bounds, **options: calls.append((app, bounds, options)))
    monkeypatch.setattr("cds._pages.playground_of", lambda *_: None)
    monkeypatch.setattr("cds.web.web_routes", lambda knowledge, **_: [Route(f"/{knowledge}", print)])
    for name in Settings().as_environment():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path / "data"))
    return calls


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["baclofen-cds", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run


def test_version(run):
    assert run("--version") == (0, f"baclofen-cds {__version__}\n", "")


def test_help_names_every_command_and_the_exit_codes(run):
    code, out, _ = run("--help")
    assert code == 0
    for word in ("serve", "evaluate", "dose", "rules", "settings", "Exit codes"):
        assert word in out


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("evaluate",), ("evaluate", "-", "--today", "soon"), ("serve", "--port", "0")]
)
def test_wrong_usage_is_2(run, seen, arguments):
    code, out, err = run(*arguments)
    assert code == 2
    assert not out
    assert "Usage" in err


def test_evaluate_prints_the_response(run, seen, tmp_path):
    file = tmp_path / "call.json"
    file.write_bytes(body(call("order-select")))
    code, out, err = run("evaluate", str(file))
    assert (code, err) == (0, "")
    assert json.loads(out)["cards"][0]["indicator"] == "critical"
    ((request, knowledge, settings, now),) = seen
    mine = Settings(data_dir=settings.data_dir)
    assert (request.service_id, knowledge, settings) == ("baclofen-order-select", "knowledge", mine)
    assert now.utcoffset() is not None


def test_evaluate_reads_standard_input_and_captures(run, seen):
    assert run("evaluate", "-", stdin=body({"method": "POST", "body": call()}))[0] == 0
    assert run("evaluate", "-", stdin=body({"body": json.dumps(call())}))[0] == 0
    assert [request.hook for request, *_ in seen] == ["order-sign", "order-sign"]


def test_evaluate_as_of_another_day(run, seen):
    assert run("evaluate", str(ORDER_SIGN), "--today", "2020-02-29")[0] == 0
    assert run("evaluate", str(ORDER_SIGN), "--today", "2020-02-29T08:30:00")[0] == 0
    moments = [now for *_, now in seen]
    assert [moment.strftime("%Y-%m-%d %H:%M") for moment in moments] == ["2020-02-29 12:00", "2020-02-29 08:30"]
    assert all(moment.utcoffset() is not None for moment in moments)


def test_evaluate_by_a_named_service(run, seen):
    assert run("evaluate", str(ORDER_SIGN), "--service", "baclofen-order-sign")[0] == 0
    code, _, err = run("evaluate", str(ORDER_SIGN), "--service", "baclofen-order-select")
    assert (code, "hook" in err) == (3, True)
    code, _, err = run("evaluate", str(ORDER_SIGN), "--service", "other")
    assert (code, "no such service" in err) == (2, True)


def test_evaluate_in_a_language(run, seen, monkeypatch):
    def language(*options):
        code, out, _ = run("evaluate", str(ORDER_SIGN), *options)
        assert code == 0
        return json.loads(out)["cards"][0]["detail"]

    assert language() == "en"
    assert language("--language", "fr") == "fr"
    monkeypatch.setenv("CDS_LANGUAGE", "fr")
    assert language() == "fr"
    assert language("--language", "en") == "en"
    code, _, err = run("evaluate", str(ORDER_SIGN), "--language", "de")
    assert (code, "en, fr" in err) == (2, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"hook":\n', "line 2, column 1"),
        (b"[]", "$this"),
        (body(call(context={"patientId": None})), "context.patientId is missing"),
        (body(call("patient-greet")), "hook"),
        (b'{"body": null}', "body"),
    ],
)
def test_unreadable_input_is_3_and_names_file_and_field(run, seen, tmp_path, content, said):
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    code, out, err = run("evaluate", str(file))
    assert (code, out) == (3, "")
    assert str(file) in err
    assert said in err
    assert not seen


def test_a_missing_file_is_3(run, seen):
    assert run("evaluate", "nowhere.json")[::2] == (3, "baclofen-cds: nowhere.json: No such file or directory\n")


def test_dose_prints_one_line_for_each_order(run, monkeypatch):
    reports = types.SimpleNamespace(dose_reports=lambda text: ({"n": line, "é": 1} for line in text.splitlines()))
    monkeypatch.setitem(sys.modules, "cds.fhir.dose_report", reports)
    assert run("dose", "-", stdin=b"a\nb\n") == (0, '{"n": "a", "é": 1}\n{"n": "b", "é": 1}\n', "")


def test_dose_of_what_is_not_an_order(run, monkeypatch):
    def dose_reports(text):
        raise ValueError("line 1: not JSON")
        yield

    monkeypatch.setitem(sys.modules, "cds.fhir.dose_report", types.SimpleNamespace(dose_reports=dose_reports))
    assert run("dose", "-", stdin=b"x") == (3, "", "baclofen-cds: standard input: line 1: not JSON\n")
    code, _, err = run("dose", "-", stdin=b"{}\n\xff")
    assert (code, "line 2 is not UTF-8" in err) == (3, True)


def test_settings_are_printed_as_they_are_in_force(run, seen, monkeypatch):
    monkeypatch.setenv("CDS_JURISDICTION", "us")
    code, out, _ = run("settings")
    assert code == 0
    assert "CDS_JURISDICTION=US\n" in out
    assert out.count("\n") == len(Settings().as_environment())


def test_a_bad_setting_is_4_and_named(run, seen, monkeypatch):
    monkeypatch.setenv("CDS_MAX_BODY", "big")
    code, out, err = run("evaluate", str(ORDER_SIGN))
    assert (code, out) == (4, "")
    assert "CDS_MAX_BODY='big'" in err


def test_knowledge_that_refuses_to_load_is_4(run, seen, monkeypatch):
    def refuse():
        raise KnowledgeError("a figure without a reference", "parameters/dose.yaml", 7)

    monkeypatch.setattr("cds.knowledge.load_knowledge", refuse)
    code, _, err = run("evaluate", str(ORDER_SIGN))
    assert code == 4
    assert "parameters/dose.yaml:7: a figure without a reference" in err


def test_an_internal_fault_is_1_and_quotes_nothing(run, seen, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("Jane Doe")

    monkeypatch.setitem(sys.modules, "cds.evaluation", types.SimpleNamespace(evaluate=fail))
    code, out, err = run("evaluate", str(ORDER_SIGN))
    assert (code, out) == (1, "")
    assert "RuntimeError" in err
    assert "Jane Doe" not in err


def test_serve_says_where_and_how(run, seen, monkeypatch):
    monkeypatch.chdir(ORDER_SIGN.parents[2])
    code, out, _ = run("serve", "--port", "9004")
    assert code == 0
    assert "Playground: http://127.0.0.1:9004/\n" in out
    assert f"Today here: {datetime.now().astimezone():%Y-%m-%d}" in out
    assert "http://127.0.0.1:9004/cds-services\n" in out
    assert "curl -s http://127.0.0.1:9004/cds-services/baclofen-order-sign" in out
    assert "-d @cds/examples/order-sign.json" in out
    ((service, bounds, options),) = seen
    assert "/knowledge" in [route.path for route in service.routes]
    assert (options["host"], options["port"], options["limit_concurrency"]) == ("127.0.0.1", 9004, 1000)
    assert (bounds.header, bounds.seconds) == (16_384, 10)


def test_where_calls_need_a_token_no_other_call_is_offered(run, seen, monkeypatch, tmp_path):
    issuers = tmp_path / "issuers.yaml"
    issuers.write_text(
        "issuers: [{name: a, iss: 'https://a.example', jku: ['https://a.example/keys'], fhir_servers: ['https://a.example/fhir']}]"
    )
    monkeypatch.setenv("CDS_ISSUERS", str(issuers))
    code, out, _ = run("serve", "--port", "9004")
    assert code == 0
    assert "A card:     calls need a token of an organisation in CDS_ISSUERS" in out
    assert "curl" not in out


@pytest.mark.parametrize("command", ["serve", "settings"])
def test_misspelt_settings_and_zones_are_named(run, seen, monkeypatch, command):
    monkeypatch.setenv("CDS_JURISDICTON", "US")
    monkeypatch.setenv("TZ", "Europe/Pariss")
    code, _, err = run(command)
    assert code == 0
    assert "CDS_JURISDICTON is no setting" in err
    assert "TZ='Europe/Pariss' names no time zone" in err
    monkeypatch.delenv("CDS_JURISDICTON")
    for zone in ("Europe/Paris", ":Europe/Paris", "CET-1CEST", "UTC"):
        monkeypatch.setenv("TZ", zone)
        assert "TZ" not in run(command)[2]


def test_a_database_whose_secret_is_gone_gets_no_new_one(run, seen, tmp_path):
    assert run("serve")[0] == 0
    secret = tmp_path / "data" / "secret"
    secret.unlink()
    code, _, err = run("serve")
    assert code == 4
    assert f"CDS_SECRET_FILE: {secret} is missing, and " in err
    assert not secret.exists()


def test_a_code_is_for_a_service_that_is_there(run, seen, tmp_path):
    code, out, err = run("admin", "code")
    assert (code, out) == (4, "")
    assert "there is no database at" in err
    assert not (tmp_path / "data").exists()


def test_rules_are_listed_and_shown(run):
    code, out, _ = run("rules")
    assert (code, "OralDailyMaximum" in out) == (0, True)
    code, out, _ = run("rules", "OralDailyMaximum")
    assert (code, out.startswith("OralDailyMaximum: ")) == (0, True)
    code, _, err = run("rules", "NoSuchRule")
    assert (code, "NoSuchRule" in err) == (2, True)


ENTRY = {"name": "A", "iss": "urn:a", "fhir_servers": ["https://a.example"], "jku": ["https://a.example/jwks"]}


@pytest.fixture
def named(tmp_path, monkeypatch):
    def named(**members):
        file = tmp_path / "issuers.json"
        file.write_text(json.dumps({"issuers": [ENTRY | members]}))
        monkeypatch.setenv("CDS_ISSUERS", str(file))
        monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path / "data"))

    return named


@pytest.fixture
def served(seen, run, monkeypatch):
    """Run `serve` and tell its exit code, what it said, and whether it would have listened."""
    monkeypatch.setattr("cds.web.web_routes", lambda knowledge, **_: [])

    def served(*arguments):
        seen.clear()
        code, _, err = run("serve", *arguments)
        return code, err, bool(seen)

    return served


def test_without_issuers_it_listens_on_this_machine_only(served):
    assert served()[::2] == (0, True)
    code, err, listening = served("--host", "0.0.0.0")
    assert (code, listening) == (4, False)
    assert "anybody could call" in err
    assert "CDS_ISSUERS" in err
    assert "--insecure" in err


def test_insecure_says_loudly_what_it_means(served):
    code, err, listening = served("--host", "0.0.0.0", "--insecure")
    assert (code, listening) == (0, True)
    assert "*** INSECURE: ANYBODY WHO REACHES THIS ADDRESS CAN CALL" in err
    assert served("--insecure") == (0, "", True)


def test_with_issuers_it_listens_where_their_tokens_are_made_for(served, named, monkeypatch):
    named()
    code, err, listening = served("--host", "0.0.0.0")
    assert (code, listening, "CDS_PUBLIC_URL is needed" in err) == (4, False, True)
    monkeypatch.setenv("CDS_PUBLIC_URL", "https://cds.example")
    assert served("--host", "0.0.0.0") == (0, "", True)
    named(authentication="none")
    code, err, listening = served("--host", "0.0.0.0")
    assert (code, listening, "need no token" in err) == (4, False, True)


def test_the_sandbox_says_loudly_what_it_is(served, named):
    code, err, listening = served("--sandbox")
    assert (code, listening) == (0, True)
    assert "*** SANDBOX: FOR TRIALS ONLY, NOT FOR PATIENTS ***" in err
    code, err, listening = served("--sandbox", "--host", "0.0.0.0")
    assert (code, listening, "a key that anybody has" in err) == (4, False, True)
    named()
    code, err, listening = served("--sandbox")
    assert (code, listening, "does not go with CDS_ISSUERS" in err) == (4, False, True)


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("postgresql://cds:s3cr%40t@db.example:5432/cds", "postgresql://cds:***@db.example:5432/cds"),
        ("postgresql://cds:s3cr/t@db", "postgresql://cds:***@db"),
        ("postgresql://cds:s3/cr:t@db/cds", "postgresql://cds:***@db/cds"),
        ("postgresql://cds:s3#cr?t@db/cds", "***"),
        ("postgresql://user%40tenant:s3crt@db/cds", "postgresql://user%40tenant:***@db/cds"),
        ("postgresql://cds:s3@cr@t/cds", "***"),
        ("postgresql://db:5432/cds?password=s3@crt", "***"),
        ("sqlite:////var/lib/cds/store.sqlite", "sqlite:////var/lib/cds/store.sqlite"),
        ("", ""),
    ],
)
def test_settings_hide_the_password_of_the_database(run, seen, monkeypatch, address, printed):
    monkeypatch.setenv("CDS_DATABASE_URL", address)
    code, out, _ = run("settings")
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("CDS_DATABASE_URL=")]
    assert line == f"CDS_DATABASE_URL={shlex.quote(printed)}"
    assert "s3" not in line
    assert "cr" not in line


@pytest.mark.parametrize("command", ["serve", "settings"])
@pytest.mark.parametrize(
    "wrong",
    [
        (
            "postgresql://cds:s3cret@db.example/cds?sslmode=require&channel_binding=require",
            "the parameter channel_binding is not among those that can be used",
        ),
        ("postgresql://db.example/cds?user=cds&password=s3cret", "the parameter user is not among those"),
        ("postgresql://cds:s3cret", "not the address of a database"),
        ("postgresql://cds:s3@db.example:cret/cds", "not the address of a database"),
    ],
)
def test_an_address_of_a_database_that_cannot_be_used_is_4_and_is_not_quoted(run, seen, monkeypatch, command, wrong):
    address, because = wrong
    monkeypatch.setenv("CDS_DATABASE_URL", address)
    code, out, err = run(command)
    assert code == 4
    assert f"CDS_DATABASE_URL: {because}" in err
    assert not seen
    for part in ("s3", "cret", "db.example"):
        assert part not in out + err


def test_a_port_that_is_taken_is_said_before_anything_else(run, seen):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, out, err = run("serve", "--port", port)
    assert (code, out) == (1, "")
    assert f"port {port}" in err
    assert seen == []
