"""What an address says of TLS: taken as libpq takes it, refused in words that quote nothing, and kept to with a real PostgreSQL."""

from __future__ import annotations

import asyncio
import re
import ssl
from pathlib import Path

import pytest

from cds.store import Store, StoreUnavailable, address_of
from tests.certificates import certificate

TLS_REQUEST = (80877103).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("query", "dsn"),
    [
        ("", None),
        ("?host=/run/postgresql&port=5433", None),
        ("?sslmode=require", "postgresql://?sslmode=require"),
        ("?host=db&sslmode=disable", "postgresql://?sslmode=disable"),
    ],
)
def test_tls_is_taken_out_of_the_address_and_handed_on(query, dsn):
    address = address_of(f"postgresql://cds:secret@db.example/cds{query}")
    assert address.arguments.get("dsn") == dsn
    assert not any(name.startswith("ssl") for name in address.url.query)
    assert ("host" in query) == ("host" in address.url.query)
    assert address.url.password == "secret"


def test_certificates_are_files_that_are_read(tmp_path):
    file = certificate(tmp_path)
    address = address_of(f"postgresql://db/cds?sslmode=verify-full&sslrootcert={file}")
    assert address.arguments["dsn"].startswith("postgresql://?sslmode=verify-full&sslrootcert=%2F")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (
            "postgresql://u:s3cret@db/cds?ssl=require",
            r"the parameter ssl is not among .*: host, port, sslmode, sslroot",
        ),
        ("postgresql://u:s3cret@db/cds?channel_binding=require", "the parameter channel_binding is not"),
        ("postgresql://u:x@s3cret?s3cret=1@db/cds", "^a parameter is not among"),
        ("postgresql://u:s3cret@db/cds?sslmode=s3cret", "sslmode is none of disable, allow, "),
        ("postgresql://u:s3cret@db/cds?sslmode=require&sslmode=disable", "the parameter sslmode stands there twice"),
        ("postgresql://u:s3cret@db/cds?sslmode=require&sslrootcert=/s3cret", "sslrootcert is no file that can be read"),
        ("postgresql://u:s3cret@db/cds?sslrootcert=system", "sslrootcert is no file that can be read"),
        ("postgresql://u:s3cret@db/cds?sslmode=verify-full", "sslmode=verify-full needs sslrootcert"),
        (f"postgresql://u:s3cret@db/cds?sslrootcert={__file__}", "sslrootcert holds no certificate"),
        ("postgresql://u:p@db:s3cret/cds", "^not the address of a database$"),
        ("mysql://u:s3cret@db/cds", "^neither a PostgreSQL nor an SQLite address$"),
    ],
)
def test_what_cannot_be_used_is_refused_and_not_quoted(url, why):
    with pytest.raises(ValueError, match=why) as refused:
        address_of(url)
    assert "s3cret" not in str(refused.value)
    assert "db" not in re.sub(r"not the address.*", "", str(refused.value))


def opened(database: str, query: str, tls: ssl.SSLContext | None = None) -> str | None:
    """Open the store of a real PostgreSQL over a port; it ends TLS there with a context, and offers none without. What went wrong, or None.

    The PostgreSQL of the tests is built without TLS and listens on a socket in a folder, so what stands before it passes its bytes on: without
    a context all of them, and the server says itself that it has no TLS.
    """
    (folder,) = re.findall(r"host=([^&]+)", database)
    path = str(next(Path(folder).glob(".s.PGSQL.*[0-9]")))

    ended = asyncio.Event()

    async def passed(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(65_536):
                target.write(piece)
                await target.drain()
        finally:
            target.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(8)
            if tls is not None and first[4:] == TLS_REQUEST:
                writer.write(b"S")
                await writer.start_tls(tls)
                first = b""
            behind, to = await asyncio.open_unix_connection(path)
            to.write(first)
            await asyncio.gather(passed(reader, to), passed(behind, writer), return_exceptions=True)
        except (OSError, EOFError):
            pass  # the client did not like what it saw
        finally:
            writer.close()
            ended.set()

    async def main() -> str | None:
        async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            store = Store(f"postgresql://postgres@127.0.0.1:{port}/postgres?{query}")
            try:
                await store.open()
            except StoreUnavailable as error:
                return str(error)
            finally:
                await store.close()
                await asyncio.wait_for(ended.wait(), 5)
            return None

    return asyncio.run(main())


def test_a_server_without_tls_is_refused_where_it_is_required(postgresql):
    assert opened(postgresql, "sslmode=disable") is None, "the way there is open"
    assert opened(postgresql, "sslmode=prefer") is None
    assert opened(postgresql, "sslmode=require") == "the store cannot be opened (ConnectionError, it offers no TLS)"


def test_the_server_is_checked_as_the_mode_says(postgresql, tmp_path):
    for name in ("its", "another"):
        (tmp_path / name).mkdir()
    its, another = certificate(tmp_path / "its"), certificate(tmp_path / "another")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(its)
    assert opened(postgresql, "sslmode=require", tls) is None
    assert opened(postgresql, f"sslmode=verify-full&sslrootcert={its}", tls) is None
    why = "the store cannot be opened (SSLCertVerificationError, its certificate is not the one to believe)"
    assert opened(postgresql, f"sslmode=verify-ca&sslrootcert={another}", tls) == why
