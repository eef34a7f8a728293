"""moto's S3 server in a process of its own: it can be killed, and started again on its port, empty; or fall silent."""

import re
import signal
import subprocess
import sys
import threading
from typing import IO, Self

import httpx
import obstore
from obstore.store import S3Store

BUCKET = "facegate-vault"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "a-test-key", "AWS_SECRET_ACCESS_KEY": "a-test-secret"}


class S3Server:
    def __init__(self) -> None:
        self.port = 0
        self.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert self._process.stderr is not None
        while not (
            said := re.search(rb"Running on http://127\.0\.0\.1:(\d+)", line := self._process.stderr.readline())
        ):
            assert line, "moto's server ended"
        self.port = int(said[1])
        # it writes a line for each request, and would stand still where nobody read them
        self._reader = threading.Thread(target=_drain, args=(self._process.stderr,), daemon=True)
        self._reader.start()
        assert httpx.put(f"{self.endpoint}/{BUCKET}", timeout=30).status_code == 200

    def kill(self) -> None:
        """Idempotent."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def fall_silent(self) -> None:
        """The kernel goes on accepting connections, and nothing is answered, until `speak`."""
        self._process.send_signal(signal.SIGSTOP)

    def speak(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def objects(self) -> dict[str, bytes]:
        store = self._store()
        return {name: bytes(obstore.get(store, name).bytes()) for name in self.names()}

    def names(self) -> list[str]:
        return [it["path"] for page in obstore.list(self._store()) for it in page]

    def _store(self) -> S3Store:
        client = {"allow_http": True}
        name, secret = CREDENTIALS.values()
        return S3Store(
            BUCKET, endpoint=self.endpoint, client_options=client, access_key_id=name, secret_access_key=secret
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.kill()


def _drain(pipe: IO[bytes]) -> None:
    while pipe.read1(65536):  # type: ignore[attr-defined]
        pass
