"""`baclofen-cds registry`: the French programme's registry into files, out of files, and a data set to try it with."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cds._assembly import EXIT_CONFIGURATION, EXIT_INPUT, fail, keys_of, store_of
from cds._input import InputError, read_bytes
from cds.settings import load_settings

if TYPE_CHECKING:
    from cds.rtu.exchange import Problem, Row
    from cds.rtu.model import Contents
    from cds.rtu.stored import Register

__all__ = ["registry"]

T = TypeVar("T")
_SHOWN = 100
"""Problems that are printed one by one."""

registry = typer.Typer(
    name="registry",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="The French programme's registry in this service's database: import, export, and a demo. `docs/registry.md` has the formats.",
)


@registry.command(name="import")
def import_(
    path: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A folder or zip of CSV files, one such file, or a FHIR Bundle.")
    ],
    *,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Import what can be read, although something cannot.")
    ] = False,
) -> None:
    """Add prescribers, patients, visits, opinions and stops. What is there already stays as it is or is brought up to date.

    Says line by line what cannot be read, and then imports nothing (exit code 3), unless --lenient.
    """
    from cds.rtu.exchange import assembled
    from cds.rtu.validation import Invalid

    rows, problems = _rows_of(path)

    async def work(register: Register) -> None:
        contents, found = assembled(rows, _today(), *await register.known())
        _tell([*problems, *found])
        if (problems or found) and not lenient:
            raise InputError(str(path), "cannot be read as a whole; nothing was imported")
        try:
            await register.load(contents)
        except Invalid as error:
            raise InputError(str(path), f"{error}; nothing was imported") from None
        typer.echo(f"imported: {_counted(contents)}")

    _with_register(work)


@registry.command()
def export(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="NAME.json for a FHIR Bundle, NAME.zip for CSV files, else a new folder for them."
        ),
    ],
) -> None:
    """Write the whole registry to a file or folder that is not there yet, for the eyes of its owner only."""
    from cds.rtu.csv_files import csv_files, zipped

    if path.exists():
        raise typer.BadParameter("is there already", param_hint="PATH")

    async def read(register: Register) -> Contents:
        return await register.contents()

    contents = _with_register(read)
    try:
        if path.suffix == ".json":
            from cds.rtu.bundle import encode_bundle

            _write(path, encode_bundle(contents))
        elif path.suffix == ".zip":
            _write(path, zipped(contents))
        else:
            path.mkdir(parents=True, mode=0o700)
            for name, content in csv_files(contents).items():
                _write(path / name, content)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be written") from None
    typer.echo(f"exported: {_counted(contents)}")


@registry.command()
def demo() -> None:
    """Fill an empty registry with invented prescribers and patients, as many as the agency counted after five weeks."""
    from cds.rtu.demo import demo_contents

    async def work(register: Register) -> Contents:
        if any(await register.known()):
            fail("the registry is not empty; the demo goes into an empty one only", EXIT_INPUT)
        contents = demo_contents()
        await register.load(contents)
        return contents

    typer.echo(f"invented: {_counted(_with_register(work))}")


def _with_register(work: Callable[[Register], Awaitable[T]]) -> T:
    """What work does with the registry of the settings' database; one that cannot be used ends the command."""
    from cds.rtu.stored import Register
    from cds.store import StoreUnavailable

    settings = load_settings()
    store = store_of(settings, keys_of(settings))

    async def main() -> T:
        try:
            await store.open()
            return await work(Register(store, _today))
        finally:
            await store.close()

    try:
        return asyncio.run(main())
    except StoreUnavailable as error:
        fail(str(error), EXIT_CONFIGURATION)


def _rows_of(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of a folder or file.

    Raises:
        InputError: it holds no registry at all.
    """
    from cds.rtu.bundle_reading import read_bundle
    from cds.rtu.csv_files import read_csv, read_folder, read_zip

    try:
        if path.is_dir():
            return read_folder(path)
        content = read_bytes(str(path))
        if content.startswith(b"PK"):
            return read_zip(content)
        return read_csv({path.name: content}) if path.suffix == ".csv" else read_bundle(content)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from None
    except ValueError as error:
        raise InputError(str(path), str(error)) from None


def _tell(problems: Sequence[Problem]) -> None:
    for problem in problems[:_SHOWN]:
        typer.echo(str(problem), err=True)
    if len(problems) > _SHOWN:
        typer.echo(f"… and {len(problems) - _SHOWN} more", err=True)


def _counted(contents: Contents) -> str:
    return ", ".join(f"{len(getattr(contents, name))} {name}" for name in type(contents).__slots__)


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


def _today() -> date:
    return datetime.now().astimezone().date()
