"""`baclofen-cds store`: backup and restore of the embedded database."""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cds._assembly import EXIT_CONFIGURATION, EXIT_INPUT, data_dir, embedded_database, fail, keys_of
from cds.settings import Settings, load_settings

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Backup and restore of the embedded database.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@app.command()
def backup(file: File) -> None:
    """Copy the database to FILE while the service runs.

    The secret (CDS_SECRET_FILE) is not in it: keep a copy of that, too, and not in the same place. A PostgreSQL is backed up by pg_dump.
    """
    from cds.store.backup import BackupError, back_up

    database = _database(load_settings())
    try:
        back_up(database, file)
    except BackupError as error:
        fail(str(error), EXIT_INPUT)
    typer.echo(f"{database} is copied to {file}")


@app.command()
def restore(file: File) -> None:
    """Put the backup FILE in the place of the database; the service has to be stopped, and its secret has to be there.

    The database that was there is kept beside it.
    """
    from cds.store.backup import BackupError
    from cds.store.backup import restore as put_back

    settings = load_settings()
    database = _database(settings)
    secret = settings.secret_file or data_dir(settings) / "secret"
    fingerprint = keys_of(settings).fingerprint.hex() if secret.exists() else None
    try:
        former = put_back(file, database, fingerprint)
    except BackupError as error:
        fail(str(error), EXIT_INPUT)
    typer.echo(f"{file} is now {database}")
    if former is not None:
        typer.echo(f"The former database is {former}")
    if fingerprint is None:
        typer.echo(
            f"There is no secret at {secret}: put the one back that belongs to this backup before the service starts"
        )


def _database(settings: Settings) -> Path:
    file = embedded_database(settings)
    if file is None:
        fail("CDS_DATABASE_URL is a PostgreSQL: use pg_dump and pg_restore (docs/store.md)", EXIT_CONFIGURATION)
    return file
