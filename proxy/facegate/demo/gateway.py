"""A gateway of the demo's own: `facegate serve` and its other verbs as a user starts them, on a home that is given."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from facegate.errors import HomeError
from facegate.serve.started import Started

VERB = 120.0  # seconds

CONFIG = """\
# Everything else is as it comes.
[identity]
required = false   # a crawler without credentials runs as the built-in job "untargeted"
"""


class Gateway(Started):
    """Serves while it is entered. `home` and `log` need not be there yet."""

    def __init__(self, home: Path, log: Path) -> None:
        self.home = home
        self._config = log.with_name("facegate.toml")
        where = ["--listen", "127.0.0.1:0", "--console", "127.0.0.1:0", "--home", str(home)]
        super().__init__("facegate.cli", ["serve", "--config", str(self._config), *where], log)

    def __enter__(self) -> "Gateway":
        self._config.write_text(CONFIG, encoding="utf-8")
        super().__enter__()
        return self

    def verb(self, *arguments: str) -> str:
        """What another verb of facegate prints. Raises HomeError with what it says on stderr."""
        argv = [sys.executable, "-m", "facegate.cli", *arguments, "--home", str(self.home)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=VERB, check=False)
        if done.returncode:
            raise HomeError(f"`facegate {' '.join(arguments)}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def asked(self, *arguments: str) -> dict[str, Any]:
        """The same with --json, for verbs that print one object."""
        found: dict[str, Any] = json.loads(self.verb(*arguments, "--json"))
        return found
