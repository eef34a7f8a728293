"""A home with people and some records in it, and the console: in this process, or as the process it really is."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from console.browsing import Browser, add_people, open_console
from facegate.config import Config, load
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason
from plain_http import NO_TLS


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load(home=str(tmp_path_factory.mktemp("console") / "home"), console__port=0)


@pytest.fixture
def people(database: Database, ledger: ChainedLedger) -> None:
    """eve the operator, rita the reviewer, ada the admin."""
    add_people(database, ledger)


@pytest.fixture
def url(config: Config, people: None) -> Iterator[str]:
    """The console's, in this process."""
    with open_console(config) as url:
        yield url


@pytest.fixture
def stranger(url: str) -> Iterator[Browser]:
    """Not logged in."""
    with Browser(url) as browser:
        yield browser


@pytest.fixture
def as_user(url: str) -> Iterator[Callable[[str], Browser]]:
    """`as_user("rita")`: a browser of hers, logged in."""
    with ExitStack() as opened:

        def enter(name: str) -> Browser:
            browser = opened.enter_context(Browser(url))
            assert browser.log_in(name).status_code == 303
            return browser

        yield enter


@pytest.fixture
def eve(as_user: Callable[[str], Browser]) -> Browser:
    return as_user("eve")


@pytest.fixture
def rita(as_user: Callable[[str], Browser]) -> Browser:
    return as_user("rita")


@pytest.fixture
def ada(as_user: Callable[[str], Browser]) -> Browser:
    return as_user("ada")


@pytest.fixture
async def three_records(config: Config, home: Home, database: Database) -> None:
    now = utc_now()
    with SealedVault(home, database, master_key(home, config.vault, database), timedelta(days=30)) as vault:
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
            with httpx.Client(base_url=url, trust_env=False, verify=NO_TLS) as client:
                yield Running(process, client)
        finally:
            process.terminate()
            process.communicate(timeout=20)

    return run
