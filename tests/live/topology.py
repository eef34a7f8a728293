"""docker-compose.yml as plain processes: its own keys, settings, users of Redis and balancer, with other addresses."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import yaml
from live.balancer import Balancer
from live.gateways import Gateway, facegate
from live.redis_server import RedisServer, free_port
from s3_server import BUCKET, S3Server

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
ELSEWHERE = """
[egress]
private = true # the tests' origins are on this machine
[identity]
longest_delay = "0s"
"""


class Topology:
    """`gateways` and `balancer` run between enter and exit; `metrics` are the gateways' URLs for Prometheus."""

    gateways: tuple[Gateway, Gateway]
    balancer: Balancer

    def __init__(self, folder: Path, redis: str, haproxy: str, start_gateway: Callable[..., Gateway]) -> None:
        self._folder, self._haproxy, self._start = folder, haproxy, start_gateway
        self.keys = folder / "gateway"
        for name in ("gateway", "redis", "storage"):
            (folder / name).mkdir()
        folders = [folder / name for name in ("gateway", "redis", "storage")]
        subprocess.run([sys.executable, COMPOSE / "keys.py", *folders], check=True)
        command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["redis"]["command"]
        users = str(folder / "redis" / "users.acl")
        self._redis = RedisServer(redis, folder / "redis", *(users if ".acl" in word else word for word in command[1:]))
        self.metrics: list[str] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._redis)
            self.storage = stack.enter_context(S3Server())
            one, other = (stack.enter_context(self._gateway(name)) for name in ("one", "other"))
            self.gateways = one, other
            self.balancer = stack.enter_context(Balancer(self._haproxy, self._folder, self.gateways))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.__exit__(*error)  # type: ignore[arg-type]

    def _gateway(self, name: str) -> Gateway:
        home, port = self._folder / name / "home", free_port()
        self.metrics.append(f"http://127.0.0.1:{port}/metrics")
        text = (COMPOSE / "facegate.toml").read_text(encoding="utf-8")
        for shipped, here in (
            ("/var/lib/facegate", str(home)),
            ("172.30.80.10/32", "127.0.0.1/32"),
            ("@redis:6379", f"@127.0.0.1:{self._redis.port}"),
            ("/keys/gateway", str(self.keys)),
            ("http://storage:7070", self.storage.endpoint),
            ("s3://facegate/", f"s3://{BUCKET}/"),
            ("port = 8082", f"port = {port}"),
        ):
            assert shipped in text
            text = text.replace(shipped, here)
        gateway = self._start(text + ELSEWHERE, home=home, console=True)
        authority = self.keys / "ca" / "facegate-ca.pem"
        subprocess.run(facegate("ca", "import", str(authority), "--config", str(gateway.config)), check=True)
        return gateway
