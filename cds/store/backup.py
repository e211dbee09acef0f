"""A copy of the SQLite database while it is in use, and the way back. PostgreSQL has its own tools (`docs/store.md`)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

__all__ = ["BackupError", "back_up", "database_file", "restore"]

_SECONDS = 30.0  # for a lock
_OWNER = "SELECT value FROM remembered WHERE name = 'secret'"


class BackupError(Exception):
    """What stands in the way, in a sentence that names files and nothing of what they hold."""


def database_file(url: str) -> Path | None:
    """The file of an SQLite address; None for any other database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None


def back_up(database: Path, file: Path) -> None:
    """Copy the database as it is at one moment, while others read and write it.

    Args:
        database: the file of the service.
        file: where the copy goes; only we can read it.

    Raises:
        BackupError: there is no database, the file is there already, or the copy cannot be made.
    """
    if not database.is_file():
        raise BackupError(f"{database}: there is no database")
    if file.exists():
        raise BackupError(f"{file}: is there already, and a backup is never written over")
    beside = _private(file)
    try:
        with closing(_connect(database)) as source, closing(_connect(beside)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, without its log beside it
            _check(target, beside)
        _placed(beside, file)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{file}: {_cause(error)}") from None
    finally:
        beside.unlink(missing_ok=True)


def restore(file: Path, database: Path, fingerprint: str | None) -> Path | None:
    """Put a backup in the place of the database, while no service runs. What was there before is kept beside it.

    Args:
        file: the backup.
        database: the file of the service.
        fingerprint: of the service's secret, in hexadecimal digits; None where there is no secret to compare.

    Returns:
        where the former database is; None where there was none.

    Raises:
        BackupError: the file is no backup, belongs to another secret, or the database is in use.
    """
    if not file.is_file():
        raise BackupError(f"{file}: there is no such file")
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = _private(database)
    try:
        shutil.copyfile(file, beside)
        with closing(_connect(beside)) as copy:
            _check(copy, file)
            owner = copy.execute(_OWNER).fetchone()
        if fingerprint is not None and owner is not None and owner[0] != fingerprint:
            raise BackupError(
                f"{file}: belongs to a service with another secret; restore that one to CDS_SECRET_FILE first"
            )
        former = _set_aside(database)
        _placed(beside, database)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{file}: {_cause(error)}") from None
    finally:
        beside.unlink(missing_ok=True)
    return former


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_SECONDS, isolation_level=None)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    """Refuse what is damaged or none of ours."""
    if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise BackupError(f"{file}: is damaged")
    ours = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('alembic_version', 'remembered')"
    if connection.execute(ours).fetchone() != (2,):
        raise BackupError(f"{file}: is no database of this service")


def _set_aside(database: Path) -> Path | None:
    """Rename the database, its log written into it before; of a damaged one the log goes with it.

    Raises:
        BackupError: a service uses it.
    """
    if not database.exists():
        return None
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()  # refused while anybody else has the file open
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise BackupError(f"{database}: is in use; stop the service first") from None
    number = 1
    while (former := database.with_name(f"{database.name}.before-restore-{number}")).exists():
        number += 1
    database.rename(former)
    for suffix in ("-wal", "-shm"):
        log = database.with_name(f"{database.name}{suffix}")
        if log.exists():
            log.rename(former.with_name(f"{former.name}{suffix}"))
    return former


def _private(file: Path) -> Path:
    """An empty file beside this one that only we can read.

    Raises:
        BackupError: it cannot be made.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from None
    return beside


def _placed(beside: Path, file: Path) -> None:
    """Give the file its name when all of it is on the disk."""
    for path, flags in ((beside, os.O_RDWR), (file.parent, os.O_RDONLY)):
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
            if path == beside:
                beside.rename(file)
        finally:
            os.close(descriptor)


def _cause(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
