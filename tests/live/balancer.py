"""HAProxy before two gateways, as deploy/haproxy has it."""

import os
import socket
import subprocess
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from live.gateways import Gateway, marked
from live.processes import eventually

CONFIG = Path(__file__).parents[2] / "deploy" / "haproxy" / "haproxy.cfg"


class Balancer:
    """`proxy` is its URL, `watch` that of its health and metrics. Ready when it has a gateway."""

    def __init__(self, program: str, folder: Path, gateways: tuple[Gateway, Gateway]) -> None:
        self._program = program
        self._said = folder / "haproxy.stderr"
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
            port, watch = one.getsockname()[1], other.getsockname()[1]
        self.proxy, self.watch = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{watch}"
        self._env = marked(folder) | {"LISTEN": f"127.0.0.1:{port}", "WATCH": f"127.0.0.1:{watch}"}
        for number, gateway in enumerate(gateways, 1):
            self._env[f"GATEWAY_{number}"] = urlsplit(gateway.proxy).netloc
            self._env[f"CONSOLE_{number}"] = str(urlsplit(gateway.console).port)

    def __enter__(self) -> Self:
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [self._program, "-db", "-f", CONFIG], env=self._env, stdout=said, stderr=said
            )
        eventually(self._listens, 20, "HAProxy listens")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def _listens(self) -> bool:
        assert self._process.poll() is None, self.said()
        parts = urlsplit(self.proxy)
        with socket.socket() as sock:
            return sock.connect_ex((parts.hostname, parts.port)) == 0


def checked(program: str) -> str:
    """What HAProxy says against the shipped file; "" where there is nothing."""
    env = os.environ | {"LISTEN": "127.0.0.1:1", "WATCH": "127.0.0.1:4"}
    env |= {
        f"{name}_{number}": value for number in (1, 2) for name, value in (("GATEWAY", "127.0.0.1:2"), ("CONSOLE", "3"))
    }
    done = subprocess.run(
        [program, "-c", "-q", "-f", CONFIG], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr
