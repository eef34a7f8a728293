import contextlib
import subprocess
from pathlib import Path

import pytest
import redis
from facegate.sections import State
from facegate.serve.services import Services
from facegate.shared.address import address
from facegate.shared.link import Away
from facegate.shared.members import members
from live.processes import eventually
from live.redis_server import RedisServer, free_port

SECONDS = 60.0


@pytest.mark.redis
def test_behind_sentinels_they_are_the_master_and_its_replicas(redis_server: str, tmp_path: Path) -> None:
    with RedisServer(redis_server, tmp_path / "one") as first:
        follows = ("--replicaof", f"127.0.0.1 {first.port}")
        with RedisServer(redis_server, tmp_path / "two", *follows) as second:
            (tmp_path / "sentinel").mkdir()
            config = tmp_path / "sentinel" / "sentinel.conf"
            config.write_text(f"sentinel monitor main 127.0.0.1 {first.port} 1\n")
            port = free_port()
            argv = [redis_server, str(config), "--sentinel", "--port", str(port), "--bind", "127.0.0.1"]
            url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{port}/main"  # the first is away
            both = {("127.0.0.1", first.port), ("127.0.0.1", second.port)}
            with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as sentinel:
                try:
                    eventually(lambda: _known(url) == both, SECONDS, "the sentinel has found both")
                    services = Services(State(url))
                    found = services.look()
                    with pytest.raises(Away, match="refuses"):
                        members(address(url.replace("/main", "/unknown")))
                finally:
                    sentinel.kill()
            assert found == both | set(address(url).hosts)
            assert services.look() == found  # as it was known
            with pytest.raises(Away, match="cannot be reached"):
                members(address(url))


def _known(url: str) -> object:
    with contextlib.suppress(Away):
        return members(address(url))
    return None


@pytest.mark.redis
def test_in_a_cluster_they_are_all_nodes(redis_server: str, tmp_path: Path) -> None:
    def cluster(name: str) -> RedisServer:
        bus = ("--cluster-port", str(free_port()))
        return RedisServer(redis_server, tmp_path / name, "--cluster-enabled", "yes", *bus)

    with cluster("one") as first, cluster("two") as second:
        url = f"redis+cluster://127.0.0.1:{first.port}"
        assert members(address(url)) == {("127.0.0.1", first.port)}
        with contextlib.closing(redis.Redis(port=second.port)) as client:
            bus = int(client.config_get("cluster-port")["cluster-port"])
        with contextlib.closing(redis.Redis(port=first.port)) as client:
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", second.port, bus)
        both = {("127.0.0.1", first.port), ("127.0.0.1", second.port)}
        eventually(lambda: _known(url) == both, SECONDS, "they have met")  # without a slot


def test_a_single_one_has_none() -> None:
    assert members(address("redis://127.0.0.1:1")) == frozenset()
