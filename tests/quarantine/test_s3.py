"""The vault on an S3 server that answers, refuses, stays silent or is gone."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from facegate.config import Config
from facegate.errors import StateError
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.s3 import S3Blobs
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from s3_server import BUCKET, CREDENTIALS, S3Server

BODY = b"pixels of a face " * 5_000
PATIENCE = 15.0  # seconds: the gate's own


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def open_vault(config: Config, home: Home, database: Database) -> Callable[..., SealedVault]:
    def opened(endpoint: str, owner: str = "mine", bucket: str = BUCKET) -> SealedVault:
        blobs = S3Blobs(f"s3://{bucket}/{home.path.parent.name}", owner, endpoint=endpoint)
        keys = KeyRing.open(home, config.vault, database)
        return SealedVault(home, database, keys, timedelta(days=30), blobs=blobs)

    return opened


Made = Callable[..., QuarantineRecord]
Opened = Callable[..., SealedVault]


async def test_kept_encrypted_and_destroyed(server: S3Server, open_vault: Opened, a_record: Made, home: Home) -> None:
    with open_vault(server.endpoint) as vault:
        await vault.keep(a_record(BODY, days=1), BODY)
        assert await asyncio.to_thread(vault.open, "record-1") == BODY
        name = f"{home.path.parent.name}/mine/record-1.sealed"
        assert b"pixels of" not in server.objects()[name]
        assert vault.on_disk() == (1, len(server.objects()[name]))
        assert [path.name for path in home.vault.rglob("*")] == [".lock"]
        assert await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=2)) == ["record-1"]
        assert name not in server.objects()


async def test_orphans_are_removed_and_others_objects_are_not(
    server: S3Server, open_vault: Opened, a_record: Made, home: Home
) -> None:
    with open_vault(server.endpoint, "theirs") as theirs:
        theirs._blobs.put("record-9", (b"of another home",))
    with open_vault(server.endpoint) as vault:
        await vault.keep(a_record(BODY), BODY)
        vault._blobs.put("orphan-1", (b"left by a crash",))
        assert vault.clean_orphans() == 1
        assert await asyncio.to_thread(vault.open, "record-1") == BODY
    assert f"{home.path.parent.name}/theirs/record-9.sealed" in server.objects()


async def test_gone_midway_and_back(open_vault: Opened, a_record: Made, database: Database) -> None:
    with S3Server() as server, open_vault(server.endpoint) as vault:
        await vault.keep(a_record(BODY), BODY)
        server.kill()
        started = time.monotonic()
        with pytest.raises(
            StateError, match=r"record-2: cannot be written to the vault \(the storage cannot be reached"
        ):
            await vault.keep(a_record(b"another", "record-2"), b"another")
        assert time.monotonic() - started < PATIENCE
        assert not vault.healthy
        assert len(database.read("SELECT 1 FROM records")) == 1
        assert vault.clean_orphans() == 0  # told in the log, and no reason not to start
        with pytest.raises(StateError, match="vault: the storage cannot be reached"):
            await asyncio.to_thread(vault.probe)
        with pytest.raises(StateError, match="cannot be read"):
            await asyncio.to_thread(vault.open, "record-1")
        server.start()
        await asyncio.to_thread(vault.probe)
        assert vault.healthy
        await vault.keep(a_record(b"another", "record-2"), b"another")


async def test_silence_is_bounded_and_blocks_nobody(open_vault: Opened, a_record: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.01)
                turns += 1

        with open_vault(f"http://127.0.0.1:{silent.getsockname()[1]}") as vault:
            ticking = asyncio.create_task(others())
            started = time.monotonic()
            with pytest.raises(StateError, match="cannot be reached"):
                await vault.keep(a_record(BODY), BODY)
            assert time.monotonic() - started < PATIENCE
            assert turns > 20
            ticking.cancel()


async def test_refused_credentials_are_told_and_not_shown(open_vault: Opened, a_record: Made) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(403)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as refusing:
        thread = threading.Thread(target=refusing.serve_forever)
        thread.start()
        try:
            with open_vault(f"http://127.0.0.1:{refusing.server_port}") as vault:
                with pytest.raises(StateError, match="refuses these credentials") as raised:
                    await vault.keep(a_record(BODY), BODY)
                assert not any(value in repr(raised.value) + repr(vault._blobs) for value in CREDENTIALS.values())
                assert raised.value.__cause__ is None
        finally:
            refusing.shutdown()
            thread.join()


async def test_a_bucket_that_is_not_there_is_no_missing_record(
    server: S3Server, open_vault: Opened, a_record: Made
) -> None:
    with open_vault(server.endpoint, bucket="no-such-bucket") as vault:
        with pytest.raises(StateError, match="has no such bucket"):
            await vault.keep(a_record(BODY), BODY)
        assert not vault.healthy
