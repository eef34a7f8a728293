"""A home with a user and some records in it, and the console as the process it really is."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from facegate.config import Config, load
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.keys import master_key
from facegate.state.ledger import ChainedLedger
from facegate.state.vault import FileVault
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

EVE = ("eve", "correct horse battery")


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load(home=str(tmp_path_factory.mktemp("console") / "home"), console__port=0)


@pytest.fixture
def ledger(home: Home, database: Database) -> Iterator[ChainedLedger]:
    with ChainedLedger(home.ledger, "test") as ledger:
        yield ledger


@pytest.fixture
def eve(database: Database, ledger: ChainedLedger) -> tuple[str, str]:
    users.add(database, ledger, EVE[0], "operator", EVE[1])
    return EVE


@pytest.fixture
async def three_records(config: Config, home: Home, database: Database) -> None:
    now = utc_now()
    with FileVault(home, database, master_key(home, config.vault, database), timedelta(days=30)) as vault:
        for number, host in enumerate(("a.example", "b.example", "<script>alert(1)</script>")):
            body = f"PIXELS {number}".encode()
            record = QuarantineRecord(
                f"record-{number}", "crawl", f"https://{host}/\"><img src=x>", hashlib.sha256(body).hexdigest(),
                len(body), "image/jpeg", Reason.FACES, now, now + timedelta(days=1), {},
            )  # fmt: skip
            await vault.keep(record, body)


@dataclass
class Running:
    process: subprocess.Popen[str]
    client: httpx.Client


@pytest.fixture
def console(home: Home) -> Callable[[], AbstractContextManager[Running]]:
    @contextmanager
    def run() -> Iterator[Running]:
        process = subprocess.Popen(
            [sys.executable, "-m", "facegate.console", "--home", str(home.path), "--console", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            with httpx.Client(base_url=url, trust_env=False) as client:
                yield Running(process, client)
        finally:
            process.terminate()
            process.communicate(timeout=20)

    return run


@pytest.fixture
def client(console: Callable[[], AbstractContextManager[Running]]) -> Iterator[httpx.Client]:
    with console() as running:
        yield running.client
