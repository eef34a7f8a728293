"""The vault on an S3 server that answers, refuses, stays silent or is gone."""

import asyncio
import base64
import hashlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import ConfigError, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine import s3
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.rotation import rotate
from facegate.quarantine.s3 import PART, S3Blobs
from facegate.quarantine.vault import SealedVault
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from s3_between import Between, Fate
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
    server: S3Server, open_vault: Opened, a_record: Made, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_vault(server.endpoint, "theirs") as theirs:
        theirs._blobs.put("record-9", (b"of another home",))
    with open_vault(server.endpoint) as vault:
        await vault.keep(a_record(BODY), BODY)
        vault._blobs.put("orphan-1", (b"left by a crash",))
        assert vault.clean_orphans() == 0  # another node may be about to write its record
        assert await asyncio.to_thread(vault._blobs.get, "orphan-1") == b"left by a crash"
        monkeypatch.setattr(s3, "SETTLED", timedelta(seconds=-5))  # the server tells whole seconds
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


async def test_a_new_master_key_rewraps_what_lies_in_the_bucket(
    server: S3Server, open_vault: Opened, a_record: Made, home: Home, database: Database, ledger: ChainedLedger
) -> None:
    with open_vault(server.endpoint) as vault:
        await vault.keep(a_record(BODY), BODY)
        before = server.objects()
        done = await asyncio.to_thread(rotate, home, Vault(), database, ledger, "os:root")
        assert (done.records, done.destroyed) == (1, [done.before])
        assert await asyncio.to_thread(vault.open, "record-1") == BODY  # by a process that runs since before
        await vault.keep(a_record(b"another", "record-2"), b"another")
        mine = {name: data for name, data in server.objects().items() if name in before}
        assert mine == before  # keys are wrapped anew, bytes are not
    with open_vault(server.endpoint) as started:
        assert [started.open(name) for name in ("record-1", "record-2")] == [BODY, b"another"]


async def test_a_purge_while_the_storage_is_away_is_finished_by_the_next(
    open_vault: Opened, a_record: Made, database: Database
) -> None:
    with S3Server() as server, open_vault(server.endpoint) as vault:
        for n in range(3):
            await vault.keep(a_record(b"%d" % n, f"record-{n}", days=1 + n), b"%d" % n)
        server.fall_silent()
        gone = await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=1.5))
        assert gone == ["record-0"]
        with pytest.raises(ConfigError, match="has expired"):  # the key is gone at once, wherever its object is
            vault.open("record-0")
        assert [row["id"] for row in database.read("SELECT id FROM destroyed")] == ["record-0"]
        server.speak()
        assert len(server.objects()) == 3
        assert await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=2.5)) == ["record-1"]
        assert [name.split("/")[-1] for name in server.objects()] == ["record-2.sealed"]
        assert not database.read("SELECT id FROM destroyed")


@pytest.fixture
def between(server: S3Server) -> Iterator[Between]:
    with Between(server.endpoint) as between:
        yield between


@pytest.fixture
def blobs(between: Between, tmp_path: Path) -> S3Blobs:
    return S3Blobs(f"s3://{BUCKET}", tmp_path.name, endpoint=between.endpoint)


def test_what_is_put_says_its_digest_and_replaces_nothing(between: Between, blobs: S3Blobs) -> None:
    blobs.put("record-1", (b"sealed ", b"body"))
    (put,) = between.of("PUT")
    assert put.body == b"sealed body"
    assert base64.b64decode(put.headers["x-amz-checksum-sha256"]) == hashlib.sha256(put.body).digest()
    assert put.headers["if-none-match"] == "*"


def test_large_ones_go_in_parts_each_with_its_digest(between: Between, blobs: S3Blobs) -> None:
    large = random.Random(7).randbytes(2 * PART + 1000)
    blobs.put("record-1", (large,))
    parts = sorted(between.of("PUT"), key=lambda asked: asked.query)
    assert [len(part.body) for part in parts] == [PART, PART, 1000]
    assert b"".join(part.body for part in parts) == large
    for part in parts:
        assert base64.b64decode(part.headers["x-amz-checksum-sha256"]) == hashlib.sha256(part.body).digest()
    assert [asked.query.partition("=")[0] for asked in between.of("POST")] == ["uploads", "uploadId"]
    assert blobs.get("record-1") == large


def test_a_part_that_never_arrives_leaves_no_object(between: Between, blobs: S3Blobs) -> None:
    between.fate = lambda asked: Fate.REFUSE if "partNumber=2" in asked.query else Fate.PASS
    with pytest.raises(OSError, match="cannot be reached, or failed"):
        blobs.put("record-1", (bytes(2 * PART),))
    between.fate = lambda asked: Fate.PASS
    assert not blobs.has("record-1")
    assert [asked for asked in between.of("DELETE") if "uploadId" in asked.query]  # nor parts that cost money
    blobs.put("record-1", (bytes(2 * PART),))
    assert blobs.get("record-1") == bytes(2 * PART)


def test_tried_again_under_the_same_name(between: Between, blobs: S3Blobs) -> None:
    between.fate = lambda asked: Fate.REFUSE if len(between.of("PUT")) < 3 else Fate.PASS
    blobs.put("record-1", (b"body",))
    assert len({asked.path for asked in between.of("PUT")}) == 1
    assert len(between.of("PUT")) == 3
    assert [blob.id for blob in blobs.list()] == ["record-1"]


def test_an_answer_that_is_lost_makes_no_second_object_and_no_error(between: Between, blobs: S3Blobs) -> None:
    between.fate = lambda asked: Fate.LOSE if len(between.of("PUT")) == 1 else Fate.PASS
    blobs.put("record-1", (b"body",))
    assert len(between.of("PUT")) >= 2
    assert blobs.get("record-1") == b"body"
    assert [blob.id for blob in blobs.list()] == ["record-1"]


@pytest.mark.parametrize("fate", [Fate.CUT, Fate.FAIL, Fate.REFUSE])
def test_what_never_arrived_whole_is_no_object_and_is_put_again(between: Between, blobs: S3Blobs, fate: Fate) -> None:
    between.fate = lambda asked: fate
    with pytest.raises(OSError, match="cannot be reached, or failed"):
        blobs.put("record-1", (b"sealed body",))
    assert len(between.of("PUT")) == 4
    between.fate = lambda asked: Fate.PASS
    assert not list(blobs.list())
    between.fate = lambda asked: fate if len(between.of("PUT")) == 5 else Fate.PASS
    blobs.put("record-1", (b"sealed body",))
    assert len(between.of("PUT")) == 6
    assert blobs.get("record-1") == b"sealed body"


def test_where_nobody_listens_nothing_is_put_until_somebody_does(between: Between, blobs: S3Blobs) -> None:
    blobs.put("record-1", (b"body",))
    with between.refusing(), pytest.raises(OSError, match="cannot be reached, or failed"):
        blobs.put("record-2", (b"body",))
    assert len(between.of("PUT")) == 1
    blobs.put("record-2", (b"body",))
    assert {blob.id for blob in blobs.list()} == {"record-1", "record-2"}


async def test_bytes_that_are_altered_on_the_way_back_do_not_open(
    between: Between, open_vault: Opened, a_record: Made
) -> None:
    with open_vault(between.endpoint) as vault:
        await vault.keep(a_record(BODY), BODY)
        between.fate = lambda asked: Fate.ALTER if asked.method == "GET" else Fate.PASS
        with pytest.raises(StateError, match="its file is damaged"):
            await asyncio.to_thread(vault.open, "record-1")
