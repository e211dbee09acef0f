"""This service, held against the requirements over real connections; `docs/conformance.md` says what came out."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from cds import cli
from cds.conformance import load_requirements
from tests.conformance.services import Guard, Parts, app_of

ROOT = Path(__file__).resolve().parents[2]
REQUEST = ROOT / "fhir_fixtures/conformance/order-sign.json"
OWN = ("conformance", "--request", str(REQUEST))


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["baclofen-cds", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run


def test_the_page_is_current(run, tmp_path):
    code, out, _ = run(*OWN, "--markdown", str(tmp_path / "page.md"))
    assert (code, out) == (0, "")
    assert (tmp_path / "page.md").read_text() == (ROOT / "docs/conformance.md").read_text(), "run `make docs`"


def test_this_service_breaks_nothing_and_shows_nearly_everything(run):
    code, out, _ = run(*OWN, "--json")
    report = json.loads(out)
    results = {row["id"]: row["result"] for row in report["requirements"]}
    assert code == 0
    assert report["conforms"] is True
    assert "not met" not in results.values()
    unseen = {row["check"] for row in report["requirements"] if row["result"] == "not checked" and "check" in row}
    # It sends no links, no icons and no systemActions.
    assert all(check.startswith(("link-", "card-links", "source-icon", "response-system")) for check in unseen)
    assert len(results) == len(load_requirements())


def test_the_page_names_every_requirement_with_a_result_and_a_reason():
    page = (ROOT / "docs/conformance.md").read_text()
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if re.match(r"\| [A-Z]+-", line)
    ]
    assert [row[0] for row in rows] == [one.id for one in load_requirements()]
    for _, level, text, result, why, source in rows:
        assert level in ("SHALL", "SHOULD", "MAY")
        assert result in ("met", "not applicable", "not checked", "not met")
        assert all((text, why, source))


def test_the_table_is_plain_in_a_pipe(run):
    code, out, _ = run(*OWN)
    assert code == 0
    assert "\x1b" not in out
    assert all(len(line) <= 100 for line in out.splitlines())
    assert out.rstrip().endswith("No SHALL is broken.")


def test_a_broken_shall_is_1(run, switch):
    parts = Parts()
    parts.card["summary"] = "x" * 140
    switch[0].app = app_of(parts)
    code, out, _ = run("conformance", switch[1])
    assert code == 1
    assert "1 SHALL is broken." in out
    code, out, _ = run("conformance", switch[1], "--json")
    broken = [row for row in json.loads(out)["requirements"] if row["result"] == "not met"]
    assert (code, [row["id"] for row in broken]) == (1, ["CARD-2"])
    assert broken[0]["inferno"] == ["cds-hooks_2.0@83"]
    assert broken[0]["detail"].startswith("right, minimal call: cards[0].summary")


def test_with_a_key_from_a_file(run, switch, tmp_path):
    private = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "key.json").write_text(json.dumps({**ECAlgorithm.to_jwk(private, as_dict=True), "kid": "k1"}))
    switch[0].app = app_of(Parts(), Guard(private.public_key(), "https://ehr.example.org"))
    key = (
        "--key",
        str(tmp_path / "key.json"),
        "--iss",
        "https://ehr.example.org",
        "--jku",
        "https://ehr.example.org/k",
    )
    code, out, _ = run("conformance", switch[1], *key)
    assert (code, "not met" in out) == (0, False)
    assert "--key" not in out


def test_a_broken_should_is_0(run, switch):
    parts = Parts()
    parts.unknown = 200
    switch[0].app = app_of(parts)
    code, out, _ = run("conformance", switch[1])
    assert (code, "No SHALL is broken." in out, "1 not met" in out) == (0, True, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("http://127.0.0.1:1", "--key", "k.json"), 2, "--iss"),
        (("http://127.0.0.1:1", "--jku", "https://a"), 2, "--iss"),
        (("--key", "k.json", "--iss", "https://a"), 2, "own"),
        (("http://127.0.0.1:1", "--key", "nowhere.json", "--iss", "https://a"), 3, "nowhere.json: No such file"),
        (("http://127.0.0.1:1", "--request", "nowhere.json"), 3, "nowhere.json"),
        (("http://127.0.0.1:1", "--request", str(ROOT / "README.md")), 3, "README.md"),
        (("http://127.0.0.1:1", "--request", "-"), 3, "standard input"),
        (("http://127.0.0.1:1",), 3, "gives no answer"),
    ],
)
def test_wrong_usage_and_unreadable_input(run, arguments, code, said):
    found, out, err = run("conformance", *arguments)
    assert (found, out) == (code, "")
    assert said in " ".join(err.split())
