"""A service whose database has never answered is not ready; one whose database goes away later stays ready."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3

import pytest

from cds._assembly import check_store, keys_of
from cds.examples import ORDER_SIGN
from cds.settings import Settings
from cds.store import Store, sqlite_url
from tests.telemetry.service import SIGN
from tests.test_feedback import Running


async def until(client, status):
    for _ in range(250):
        answer = await client.get("/readyz")
        if answer.status_code == status:
            return answer
        await asyncio.sleep(0.02)
    pytest.fail(f"it did not become {status} in time")


def test_ready_when_the_database_has_answered_once(tmp_path):
    folder = tmp_path / "data"
    folder.write_text("in the way")
    service = Running(sqlite_url(folder))

    async def work(client):
        first = await client.get("/readyz")
        card = await client.post(SIGN, content=ORDER_SIGN.read_bytes())
        folder.unlink()
        ready = await until(client, 200)
        shutil.rmtree(folder)
        folder.write_text("in the way again")
        later = await client.get("/readyz")
        folder.unlink()  # for the figures, which are written at the end
        return first, card, ready, later

    first, card, ready, later = service.live(work)
    assert (first.status_code, ready.status_code, later.status_code) == (503, 200, 200)
    assert "its database has not answered yet" in first.text
    assert card.json()["cards"], "an order is checked without a database"


def test_a_start_on_tables_of_a_newer_version_ends_with_words(tmp_path, capsys):
    settings = Settings(data_dir=tmp_path)
    keys = keys_of(settings)
    check_store(settings, keys)
    with sqlite3.connect(tmp_path / "baclofen-cds.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SystemExit) as ended:
        check_store(settings, keys)
    assert ended.value.code == 4
    assert "CDS_DATABASE_URL: the tables are of a newer version of this service" in capsys.readouterr().err
    assert not Store(sqlite_url(tmp_path)).opened
