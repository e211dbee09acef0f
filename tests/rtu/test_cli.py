"""`baclofen-cds registry`, as an operator runs it."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace

import pytest

from cds import cli
from cds.rtu.csv_files import csv_files
from cds.settings import Settings
from tests.rtu.test_exchange import SMALL


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    for name in Settings().as_environment():
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, data="data"):
        monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path / data))
        monkeypatch.setattr(sys, "argv", ["baclofen-cds", "registry", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run


@pytest.fixture
def folder(tmp_path):
    def write(contents, name="given"):
        where = tmp_path / name
        where.mkdir()
        for file, content in csv_files(contents).items():
            (where / file).write_bytes(content)
        return where

    return write


COUNTED = "1 prescribers, 1 patients, 2 visits, 2 opinions, 1 stops\n"


def test_in_and_out_and_in(run, folder, tmp_path):
    assert run("import", folder(SMALL)) == (0, f"imported: {COUNTED}", "")
    for name in ("out.json", "out.zip", "out"):
        assert run("export", tmp_path / name) == (0, f"exported: {COUNTED}", "")
        written = tmp_path / name
        files = [written] if written.is_file() else [written, *written.iterdir()]
        assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files} == {0}
        assert run("import", written, data=name + ".data") == (0, f"imported: {COUNTED}", "")
        assert run("export", tmp_path / f"again-{name}", data=name + ".data")[0] == 0
    assert (tmp_path / "out.zip").read_bytes() == (tmp_path / "again-out.zip").read_bytes()
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "again-out.json").read_bytes()
    code, _, err = run("export", tmp_path / "out.zip")
    assert (code, "is there already" in err) == (2, True)


def test_a_bad_file_changes_nothing_unless_it_may(run, folder, tmp_path):
    bad = replace(SMALL, visits=(*SMALL.visits, replace(SMALL.visits[0], craving=11)))
    given = folder(bad)
    code, out, err = run("import", given)
    assert (code, out) == (3, "")
    assert err.splitlines() == [
        "visits.csv, line 5: craving is not between 0 and 10",
        f"baclofen-cds: {given}: cannot be read as a whole; nothing was imported",
    ]
    assert (
        run("export", tmp_path / "empty.zip")[1]
        == "exported: 0 prescribers, 0 patients, 0 visits, 0 opinions, 0 stops\n"
    )
    code, out, err = run("import", given, "--lenient")
    assert (code, out) == (0, f"imported: {COUNTED}")
    assert err == "visits.csv, line 5: craving is not between 0 and 10\n"


def test_a_single_table(run, folder):
    given = folder(SMALL)
    code, _, err = run("import", given / "visits.csv")
    assert (code, "patient is neither registered" in err) == (3, True)
    assert run("import", given / "prescribers.csv")[0] == 0
    assert run("import", given / "patients.csv")[0] == 0
    assert (
        run("import", given / "visits.csv")[1] == "imported: 0 prescribers, 0 patients, 2 visits, 0 opinions, 0 stops\n"
    )


def test_prescribers_that_cannot_be_told_apart(run, folder):
    other = replace(SMALL.prescribers[0], id="dr9", rpps="", keys=("c|3",))
    assert run("import", folder(replace(SMALL, prescribers=(SMALL.prescribers[0], other))))[0] == 0
    mixed = replace(SMALL.prescribers[0], id="dr9")
    code, out, err = run(
        "import", folder(replace(SMALL, prescribers=(mixed,), patients=(), visits=(), opinions=(), stops=()), "mixed")
    )
    assert (code, out) == (3, "")
    assert "keys belong to different prescribers; nothing was imported" in err


def test_files_that_hold_no_registry(run, tmp_path):
    for name, content, said in (
        ("a.json", b"{}", "is no FHIR Bundle"),
        ("a.txt", b"x", "is not JSON"),
        ("a.zip", b"PK\x03\x04", "is no zip archive that can be read"),
        ("a.csv", b"x", "holds none of prescribers.csv"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        code, out, err = run("import", file)
        assert (code, out) == (3, "")
        assert err.startswith(f"baclofen-cds: {file}: {said}")
    code, _, err = run("import", tmp_path / "none")
    assert (code, "No such file" in err) == (3, True)


def test_the_demo_goes_into_an_empty_registry(run, folder):
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    assert out.startswith("invented: 600 prescribers, 1400 patients, ")
    assert out.endswith(" 5 stops\n")
    code, out, err = run("demo")
    assert (code, out, err) == (
        3,
        "",
        "baclofen-cds: the registry is not empty; the demo goes into an empty one only\n",
    )
    assert run("import", folder(SMALL), data="other")[0] == 0
    assert run("demo", data="other")[0] == 3


def test_a_database_of_another_secret(run, folder, tmp_path):
    assert run("import", folder(SMALL))[0] == 0
    (tmp_path / "data" / "secret").write_text("x" * 64)
    code, out, err = run("export", tmp_path / "out.zip")
    assert (code, out) == (4, "")
    assert "another secret" in err
    assert not (tmp_path / "out.zip").exists()
