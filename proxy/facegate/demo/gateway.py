"""A gateway of the demo's own: `facegate serve` and its other verbs as a user starts them, on a home that is given."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from facegate.errors import HomeError

STOP = 60.0  # seconds; the gateway itself gives up on what is under way after 30
VERB = 120.0  # seconds for another verb

CONFIG = """\
# Everything else is as it comes.
[identity]
required = false   # a crawler without credentials runs as the built-in job "untargeted"
"""


class Gateway:
    """Serves while it is entered. `proxy` is HOST:PORT; `console` is a URL. Raises HomeError when it does not start."""

    proxy: str
    console: str

    def __init__(self, home: Path, log: Path) -> None:
        self.home = home
        self._log = log
        self._config = log.with_name("facegate.toml")

    def __enter__(self) -> Self:
        self._config.write_text(CONFIG, encoding="utf-8")
        where = ["--listen", "127.0.0.1:0", "--console", "127.0.0.1:0"]
        argv = self._argv("serve", "--config", str(self._config), *where)
        with self._log.open("wb") as log:
            # A group of its own: Ctrl-C is for the demo, which stops it in order.
            self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True, process_group=0)
        try:
            said = self._until_ready()
            self.proxy = _found(r"proxy +http://(\S+)", said)
            self.console = _found(r"console +(http\S+)", said)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()

    def verb(self, *arguments: str, stdin: str | None = None) -> str:
        """What another verb of facegate prints. Raises HomeError with what it says on stderr."""
        argv = self._argv(*arguments)
        done = subprocess.run(argv, capture_output=True, text=True, input=stdin, timeout=VERB, check=False)
        if done.returncode:
            raise HomeError(f"`facegate {' '.join(arguments)}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def asked(self, *arguments: str) -> dict[str, Any]:
        """The same with --json, for verbs that print one object."""
        found: dict[str, Any] = json.loads(self.verb(*arguments, "--json"))
        return found

    def _argv(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "facegate.cli", *arguments, "--home", str(self.home)]

    def _until_ready(self) -> str:
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            if line.strip() == "ready":
                return said
            said += line
        why = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise HomeError(f"the gateway did not start: {why[-1] if why else 'it said nothing'}")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise HomeError("the gateway did not say where it listens")
    return match[1].rstrip("/")
