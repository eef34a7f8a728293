"""The command line in this process, on a home of its own."""

import asyncio
import contextlib
import hashlib
import json
import os
import pty
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from facegate.cli import main
from facegate.config import load
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

UNTARGETED = 'id = "broad"\noperator = "acme"\npurpose = "text"\n[scope]\nkind = "untargeted"\n'


@dataclass
class Facegate:
    home: Path

    def __call__(self, *arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--home", str(self.home)], input=stdin)

    def ok(self, *arguments: str, stdin: str | None = None) -> str:
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """The one line on stderr of an exit with 2."""
        result = self(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert result.stderr.startswith("facegate: ")
        assert result.stderr.count("\n") == 1
        return result.stderr


@pytest.fixture
def facegate(tmp_path: Path) -> Facegate:
    return Facegate(tmp_path / "home")


@pytest.fixture
def people(facegate: Facegate) -> None:
    for name, role in (("eve", "reviewer"), ("olaf", "operator")):
        facegate.ok("user", "add", name, "--role", role)


@pytest.fixture
def broad(tmp_path: Path) -> str:
    path = tmp_path / "broad.toml"
    path.write_text(UNTARGETED)
    return str(path)


@pytest.fixture
def case(tmp_path: Path) -> str:
    expires = (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    path = tmp_path / "case.toml"
    path.write_text(
        'id = "case"\noperator = "acme"\npurpose = "find one"\n[scope]\nkind = "individual"\nsubjects = ["c-1"]\n'
        f'hosts = ["news.example"]\nlegal_basis = "law"\nreference = "order"\nexpires = {expires}\nmax_releases = 5\n'
    )
    return str(path)


@pytest.fixture
def on_terminal() -> Callable[[list[str]], str]:
    """Runs a command whose output is a terminal, 160 columns wide; what it shows, without its colours."""

    def run(argv: list[str]) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(argv, stdout=theirs, stderr=theirs, env={**os.environ, "COLUMNS": "160"})
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal with EIO
            while more := os.read(ours, 4096):
                shown += more
        os.close(ours)
        process.wait()
        return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", shown.decode()).replace("\r\n", "\n")

    return run


@pytest.fixture
def withhold(facegate: Facegate) -> Callable[..., None]:
    """Puts a record into the quarantine, as a gateway does."""

    def keep(name: str, body: bytes = b"pixels", days: float = 3, url: str = "https://news.example/a.jpg") -> None:
        config = load(home=str(facegate.home))
        home = Home.prepare(config)
        now = utc_now() - timedelta(days=1)
        record = QuarantineRecord(
            name, "broad", url, hashlib.sha256(body).hexdigest(), len(body), "image/jpeg", Reason.FACES, now,
            now + timedelta(days=days), {"model": "centerface"}, request=f"request-of-{name}",
        )  # fmt: skip
        with (
            Database.open(home.database) as database,
            SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as vault,
        ):
            asyncio.run(vault.keep(record, body))

    return keep
