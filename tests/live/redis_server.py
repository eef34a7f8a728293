"""A real redis-server in a folder of its own: killed, stopped, emptied and started again as a test needs it."""

import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import redis
from facegate.sections import State
from live.processes import eventually

START = 30.0  # seconds


class RedisServer:
    """`options` are its own, as on its command line. `port` stays the same when it is started again."""

    def __init__(self, program: str, folder: Path, *options: str, tls: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        ports = ("--port", "0", "--tls-port", str(self.port)) if tls else ("--port", str(self.port))
        own = ("--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "yes")
        # what is written outlives the process without it, and waits for no disk that others keep busy
        own += ("--appendfsync", "no")
        self._argv = [program, *ports, *own, *options]
        self._ready = not tls
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def client(self, **options: object) -> "redis.Redis[bytes]":
        return redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=START, **options)

    def start(self) -> Self:
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log)
        try:
            eventually(self._answers, START, f"redis-server answers; {self.log()}")
        except BaseException:
            self.kill()
            raise
        return self

    def kill(self) -> None:
        """At once, as a machine that loses its power; what its append-only file has is there at the next start."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """It takes connections, and answers nothing until `go_on`."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def away(self, how: str) -> Iterator[None]:
        """`killed` or `stopped`, and there again after it, whatever a test found."""
        self.kill() if how == "killed" else self.stop()
        try:
            yield
        finally:
            self.start() if how == "killed" else self.go_on()

    def empty(self) -> None:
        with contextlib.closing(self.client()) as client:
            client.flushall()

    def forget(self) -> None:
        """What it kept on disk, while it is not running."""
        assert self._process is None
        for folder in self.folder.glob("appendonlydir"):
            shutil.rmtree(folder)

    def log(self) -> str:
        return (self.folder / "redis.log").read_text(errors="replace")[-2000:]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _answers(self) -> bool:
        if not self._ready:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return True
            return False
        with contextlib.closing(self.client()) as client, contextlib.suppress(redis.exceptions.ConnectionError):
            try:
                client.ping()
            except redis.exceptions.AuthenticationError:
                pass
            except redis.exceptions.ResponseError:
                return False  # it is loading
            return True
        return False


def state_at(url: str, folder: Path, ca: str = "") -> State:
    """The [state] of a node, with a key in `folder`."""
    key = folder / "state.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
    return State(url, {"file": str(key)}, ca)


def as_toml(state: State) -> str:
    return f'[state]\nurl = "{state.url}"\nkey = {{ file = "{state.key["file"]}" }}\nca = "{state.ca}"\n'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
