"""Two gateways' views of one Redis: what one saw the other knows, and what nobody sealed nobody believes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from facegate.sections import State
from facegate.shared.verdicts import AWAY, ENTRY_MAX, FOUND, NONE, PREFIX, REFUSED, RedisVerdicts
from facegate_addons.domain.model import Clear, Faces, Finding, Verdict
from live.redis_server import RedisServer, free_port, state_at
from shared.test_link import ALLOWED

pytestmark = pytest.mark.redis

NAME, OTHER = b"n" * 32, b"o" * 32
KEY = PREFIX + NAME.hex()
FACES = Faces((Finding((0, 0, 9, 9), 0.9),), kind="jpeg")
PATIENCE = 60.0


@asynccontextmanager
async def running(state: State, keep: float = 60.0) -> AsyncIterator[RedisVerdicts]:
    it = RedisVerdicts.of(state, keep)
    task = asyncio.create_task(it.run())
    await asyncio.sleep(0)
    try:
        yield it
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(check: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not check():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.01)


async def asked(it: RedisVerdicts, name: bytes = NAME) -> tuple[str, Verdict | None]:
    """What is answered, however busy the machine is: late is no answer, and away only for a while."""
    async with asyncio.timeout(PATIENCE):
        while True:
            before = it.outcomes.copy()
            found = await it.get(name)
            ((outcome, _),) = (it.outcomes - before).items()
            if outcome in (FOUND, NONE, REFUSED):
                return outcome, found and found[0]
            await asyncio.sleep(0.02)


async def said(it: RedisVerdicts, redis: RedisServer, verdict: Verdict, name: bytes = NAME) -> None:
    """Until it stands there."""
    with contextlib.closing(redis.client()) as client:
        async with asyncio.timeout(PATIENCE):
            while not client.exists(PREFIX + name.hex()):
                it.put(name, verdict)
                await asyncio.sleep(0.06)


async def test_what_one_saw_the_other_knows(shared_state: State, redis: RedisServer) -> None:
    async with running(shared_state) as one, running(shared_state) as other:
        assert await asked(other) == (NONE, None)
        await said(one, redis, FACES)
        assert await asked(other) == (FOUND, FACES)
        assert await asked(other, OTHER) == (NONE, None)
        many = await asyncio.gather(*(other.get(NAME) for _ in range(600)))
        assert {found[0] for found in many if found} <= {FACES}
        assert all(found is None or found[1] <= 60 for found in many)


async def test_it_expires_in_redis_and_by_what_it_says_itself(shared_state: State, redis: RedisServer) -> None:
    async with running(shared_state, keep=30) as it:
        await said(it, redis, Clear("jpeg"))
        with contextlib.closing(redis.client()) as client:
            assert 0 < client.pttl(KEY) <= 30_000
            client.persist(KEY)  # somebody who keeps it there for ever
        assert await asked(it) == (FOUND, Clear("jpeg"))
        it._clock = lambda: time.time() + 31
        assert await asked(it) == (NONE, None)


async def test_whoever_can_write_redis_cannot_say_that_a_body_is_clear(
    shared_state: State, redis: RedisServer, tmp_path: Path
) -> None:
    stranger = replace(shared_state, key={"file": str(tmp_path / "another.key")})
    (tmp_path / "another.key").touch(mode=0o600)
    (tmp_path / "another.key").write_text("0" * 64)
    async with running(shared_state) as it, running(stranger) as other:
        await said(it, redis, Clear("jpeg"), OTHER)
        with contextlib.closing(redis.client()) as client:
            for forged in (client.get(PREFIX + OTHER.hex()), b"", b'{"verdict":"clear","kind":"jpeg"}', bytes(200)):
                client.set(KEY, forged)
                assert await asked(it) == (REFUSED, None)
            client.delete(KEY)
            await said(other, redis, Clear("jpeg"))
            assert await asked(it) == (REFUSED, None)


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_without_redis_nobody_waits_and_afterwards_it_goes_on(
    shared_state: State, redis: RedisServer, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(shared_state) as it:
        await said(it, redis, FACES)
        assert await asked(it) == (FOUND, FACES)
        with redis.away(how), caplog.at_level(logging.WARNING):
            begun = time.monotonic()
            for _ in range(2_000):
                assert await it.get(NAME) is None
                it.put(NAME, FACES)
            assert time.monotonic() - begun < 5  # at ten milliseconds each it would be twenty seconds
            assert it.outcomes[AWAY] > 1_900
            await until(lambda: caplog.records)
        assert await asked(it) == (FOUND, FACES)
    gone, back = caplog.messages
    assert "in memory alone" in gone
    assert "shared again" in back


async def test_before_it_runs_and_after_its_end_it_knows_nothing(shared_state: State) -> None:
    async with running(shared_state) as it:
        assert await asked(it) == (NONE, None)
    it.put(NAME, FACES)
    assert await it.get(NAME) is None
    assert await RedisVerdicts.of(shared_state, 60).get(NAME) is None


async def test_the_state_keeps_its_room(redis_server: str, tmp_path: Path) -> None:
    with RedisServer(redis_server, tmp_path / "own", "--maxmemory", "100mb") as server:
        state = state_at(server.url, tmp_path)
        async with running(state) as it:
            await said(it, server, FACES)
            with contextlib.closing(server.client()) as client:
                client.config_set("maxmemory", client.info("memory")["used_memory"] * 3 // 2)
            it._room_at = 0
            it.put(OTHER, FACES)
            await until(lambda: not it._room)
            await asyncio.sleep(0.2)
            assert await asked(it, OTHER) == (NONE, None)


async def test_it_needs_no_more_than_the_documents_allow(
    redis_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users.acl"
    users.write_text(f"user default on nopass ~* +@all\nuser gate on >S3CRET {ALLOWED}\n")
    with RedisServer(redis_server, tmp_path / "own", "--aclfile", str(users)) as server:
        where = f"127.0.0.1:{server.port}"
        async with running(state_at(f"redis://gate:S3CRET@{where}", tmp_path)) as it:
            await said(it, server, FACES)
            assert await asked(it) == (FOUND, FACES)
        monkeypatch.setenv("REDIS_PASSWORD", "S3CRET")
        apart = replace(state_at(f"redis://gate@{where}", tmp_path), password={"env": "REDIS_PASSWORD"})
        async with running(apart) as it:
            assert await asked(it) == (FOUND, FACES)


async def test_a_large_copy_is_in_memory_alone(shared_state: State) -> None:
    async with running(shared_state) as it:
        assert await asked(it) == (NONE, None)
        it.put(NAME, Faces((), bytes(ENTRY_MAX)))
        assert not it._waiting
        for number in range(20):
            it.put(number.to_bytes(32), Faces((), bytes(ENTRY_MAX // 2)))
        assert len(it._waiting) < 20


async def test_a_cluster_holds_them_in_all_its_slots(redis_server: str, tmp_path: Path) -> None:
    bus = ("--cluster-port", str(free_port()))
    cluster = RedisServer(redis_server, tmp_path / "own", "--cluster-enabled", "yes", *bus)
    with cluster as server, contextlib.closing(server.client()) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        await until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))
        state = state_at(f"redis+cluster://127.0.0.1:{server.port}", tmp_path)
        async with running(state) as one, running(state) as other:
            for name in (NAME, OTHER):
                await said(one, server, FACES, name)
            assert [await asked(other, name) for name in (NAME, OTHER)] == [(FOUND, FACES)] * 2
        slots = {client.execute_command("CLUSTER", "KEYSLOT", PREFIX + name.hex()) for name in (NAME, OTHER)}
        assert len(slots) == 2
