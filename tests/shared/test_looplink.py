import asyncio
import contextlib
import socket
import subprocess
import time
from pathlib import Path

import pytest
from facegate.shared import looplink
from facegate.shared.address import address
from facegate.shared.link import Away, explained
from live.authority import Authority
from live.redis_server import RedisServer, free_port


async def ask(url: str, ca: str = "") -> object:
    to = address(url)
    client = looplink.connect(to, ca)
    try:
        with explained(to):
            return await client.set("one", "two", px=60_000)
    finally:
        await looplink.close(client)


async def until(url: str, ca: str = "") -> object:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(Away):
                return await ask(url, ca)
            await asyncio.sleep(0.05)


@pytest.mark.redis
async def test_over_tls_checked_against_the_authority_that_is_named(redis_server: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pem = str(tmp_path / "origin.pem")
    tls = ("--tls-cert-file", pem, "--tls-key-file", pem, "--tls-auth-clients", "no")
    with RedisServer(redis_server, tmp_path / "own", *tls, tls=True) as server:
        assert await until(f"rediss://localhost:{server.port}", str(authority.pem))
        with pytest.raises(Away, match="cannot be reached"):
            await ask(f"rediss://localhost:{server.port}")


@pytest.mark.redis
async def test_a_cluster_and_sentinels(redis_server: str, tmp_path: Path) -> None:
    bus = ("--cluster-port", str(free_port()))
    with RedisServer(redis_server, tmp_path / "cluster", "--cluster-enabled", "yes", *bus) as server:
        with contextlib.closing(server.client()) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        assert await until(f"redis+cluster://127.0.0.1:{server.port}")
    with RedisServer(redis_server, tmp_path / "own") as server:
        config = tmp_path / "sentinel.conf"
        config.write_text(f"sentinel monitor main 127.0.0.1 {server.port} 1\n")
        port = free_port()
        argv = [redis_server, str(config), "--sentinel", "--port", str(port), "--bind", "127.0.0.1"]
        sentinel = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.DEVNULL)
        try:
            assert await until(f"redis+sentinel://127.0.0.1:{port}/main")
        finally:
            sentinel.kill()
            await sentinel.wait()


async def test_whoever_takes_a_connection_and_says_nothing_is_left() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(Away):
            await ask(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - started < 10
