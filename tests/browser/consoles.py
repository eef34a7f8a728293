"""A real console in a process of its own, ready when it says where it listens, checked for tracebacks at its end."""

import os
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import Self

START = 60.0  # seconds; about 1 on an idle machine
_ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}


class Console:
    """`url` has no slash at its end."""

    url: str

    def __init__(self, settings: Path, module: str = "facegate.console") -> None:
        """`settings` is a facegate.toml that names its home."""
        self._stderr = settings.with_name("console.stderr")
        self._argv = [sys.executable, "-m", module, "--config", str(settings), "--console", "127.0.0.1:0"]

    def __enter__(self) -> Self:
        with self._stderr.open("wb") as stderr:
            self._process = subprocess.Popen(self._argv, stdout=subprocess.PIPE, stderr=stderr, env=_ENVIRONMENT)
        assert self._process.stdout
        readable, _, _ = select.select([self._process.stdout], [], [], START)
        said = self._process.stdout.readline().decode() if readable else ""
        match = re.search(r"https?://\S+", said)
        if match is None:
            self._process.kill()
            self._end()
            raise AssertionError(f"the console did not start; it said {said!r}\n{self.errors()}")
        self.url = match[0]
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._process.terminate()
        self._end()
        assert kind or "Traceback" not in self.errors(), f"the console printed a traceback:\n{self.errors()}"

    def errors(self) -> str:
        return self._stderr.read_text(encoding="utf-8", errors="replace")

    def _end(self) -> None:
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()
