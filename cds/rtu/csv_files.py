"""The registry as CSV files, one a table, in a folder or a zip archive.

Written: UTF-8 with a mark, so that spreadsheets read the accents; commas; CRLF. A text that a spreadsheet would take for a formula begins with an
apostrophe, which is taken off again. Read: also with semicolons, as spreadsheets in French write them, and without the mark.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cds.phrases import Phrase
from cds.rtu.exchange import Problem, Row
from cds.rtu.fields import TABLES, Table, write_record
from cds.rtu.model import Contents
from cds.spreadsheets import guarded

__all__ = ["NoTables", "csv_files", "read_csv", "read_folder", "read_zip", "zipped"]

_MAX_BYTES = 200_000_000
"""Of one file, unpacked: a registry of a million visits has less."""


class NoTables(ValueError):
    """No file of a table is there; the message says which could be."""

    def __init__(self) -> None:
        super().__init__(f"holds none of {', '.join(f'{name}.csv' for name in TABLES)}")


def csv_files(contents: Contents) -> Mapping[str, bytes]:
    """The files by their names."""
    return {f"{name}.csv": _written(table, contents) for name, table in TABLES.items()}


def zipped(contents: Contents) -> bytes:
    """The files in a zip archive; the same registry gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv_files(contents).items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_folder(folder: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of the files in a folder.

    Raises:
        NoTables: there are none.
        OSError: one cannot be read.
    """
    files = {f"{name}.csv": folder / f"{name}.csv" for name in TABLES}
    return read_csv({name: file.read_bytes() for name, file in files.items() if file.exists()})


def read_zip(content: bytes) -> tuple[list[Row], list[Problem]]:
    """The rows of the files in a zip archive, whatever folder they stand in there.

    Raises:
        NoTables: there are none.
        ValueError: it is no archive that can be read, or unpacks to too much.
    """
    files = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = member.filename.rpartition("/")[2]
                if name.removesuffix(".csv") in TABLES and name.endswith(".csv"):
                    with archive.open(member) as stream:
                        files[name] = stream.read(_MAX_BYTES + 1)
                    if len(files[name]) > _MAX_BYTES:
                        raise ValueError(f"{name} is larger than {_MAX_BYTES} bytes")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise ValueError("is no zip archive that can be read") from None
    return read_csv(files)


def read_csv(files: Mapping[str, bytes]) -> tuple[list[Row], list[Problem]]:
    """The rows of files by their names, and what is wrong with whole files or lines.

    Raises:
        NoTables: none is of a table.
    """
    found = {name: files[f"{name}.csv"] for name in TABLES if f"{name}.csv" in files}
    if not found:
        raise NoTables
    rows: list[Row] = []
    problems: list[Problem] = []
    for name, content in found.items():
        for each in _rows(TABLES[name], content):
            if isinstance(each, Row):
                rows.append(each)
            else:
                problems.append(each)
    return rows, problems


def _written(table: Table, contents: Contents) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([field.name for field in table.fields])
    for record in getattr(contents, table.name):
        writer.writerow([guarded(text) for text in write_record(record).values()])
    return out.getvalue().encode("utf-8-sig")


def _rows(table: Table, content: bytes) -> Iterator[Row | Problem]:
    file = f"{table.name}.csv"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        yield Problem(_line(file, line), "", Phrase("is not UTF-8"))
        return
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    line = 1
    columns: list[str] = []
    try:
        columns = [name.strip() for name in next(reader, [])]
        wrong = list(_wrong_columns(table, columns))
        yield from (Problem(_line(file, 1), name, because) for name, because in wrong)
        if wrong:
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(columns):
                texts = {name: cell.removeprefix("'") for name, cell in zip(columns, cells, strict=True)}
                yield Row(table.name, _line(file, line), texts)
            elif cells:
                expected = Phrase("has {found} cells instead of {expected}", found=len(cells), expected=len(columns))
                yield Problem(_line(file, line), "", expected)
            line = reader.line_num + 1
    except csv.Error:
        yield Problem(_line(file, line), "", Phrase("is not CSV, and neither is what follows"))


def _wrong_columns(table: Table, columns: list[str]) -> Iterator[tuple[str, Phrase]]:
    names = {field.name for field in table.fields}
    for field in table.fields:
        if field.empty is ... and field.name not in columns:
            yield field.name, Phrase("is no column of the file, and must be one")
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        yield name if name in names else "", Phrase("is the name of two columns")
    if set(columns) - names:
        known = ", ".join(field.name for field in table.fields)
        yield "", Phrase("there are columns that are none of {columns}", columns=known)


def _line(file: str, line: int) -> str:
    return f"{file}, line {line}"
