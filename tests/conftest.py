"""What every test may need: programs that may be missing, free pictures; and under CI a skip is a failure."""

import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import argon2
import pytest
import skimage.data
from facegate.config import Config, load
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.sections import State
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import Finding, QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason
from hypothesis import HealthCheck, settings
from live.redis_server import RedisServer, state_at
from PIL import Image

# A busy machine takes its time, for an example and for what it is drawn from; what is tested here is not how long.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

PROGRAMS = {
    "redis": ("redis-server",),
    "browser": ("chromium", "chromium-browser", "google-chrome"),
    "haproxy": ("haproxy",),
    "nss": ("certutil",),
}

SEARCHED = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian puts HAProxy

Encode = Callable[..., bytes]


def find_program(marker: str) -> str | None:
    return next((path for name in PROGRAMS[marker] if (path := shutil.which(name, path=SEARCHED))), None)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Each process has to give a test the same name; the order of a set is another in each."""
    return repr(sorted(val, key=repr)) if isinstance(val, set | frozenset) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, names in PROGRAMS.items():
            if item.get_closest_marker(marker) and not find_program(marker):
                item.add_marker(pytest.mark.skip(reason=f"{names[0]} is not installed; `make test` could not"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a test that waits for a gateway leaves its core to another."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2


def _under_ci() -> bool:
    return os.environ.get("CI", "") not in ("", "0", "false")


def _skipped(reporter: pytest.TerminalReporter) -> list[pytest.TestReport]:
    return reporter.stats.get("skipped", [])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _under_ci() and reporter and _skipped(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = _skipped(terminalreporter)
    if not skipped:
        return
    failed = " (a failure under CI)" if _under_ci() else ""
    terminalreporter.section(f"not run on this machine: {len(skipped)}{failed}", yellow=True)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A hash is meant to take its time, and every user of every test has one. What it takes: state/test_users.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A home of its own for each test."""
    return load(home=str(tmp_path / "home"))


@pytest.fixture
def home(config: Config) -> Home:
    return Home.prepare(config)


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home.database) as database:
        yield database


@pytest.fixture
def ledger(home: Home, database: Database) -> Iterator[ChainedLedger]:
    with ChainedLedger(home.ledger, "cli") as ledger:
        yield ledger


@pytest.fixture
def vault(config: Config, home: Home, database: Database) -> Iterator[SealedVault]:
    with SealedVault(home, database, master_key(home, config.vault, database), timedelta(days=30)) as vault:
        yield vault


@pytest.fixture
def desk(database: Database, ledger: ChainedLedger) -> Desk:
    return Desk(database, ledger)


@pytest.fixture
def a_record() -> Callable[..., QuarantineRecord]:
    def make(body: bytes, name: str = "record-1", job: str = "crawl", days: float = 3) -> QuarantineRecord:
        now = utc_now()
        return QuarantineRecord(
            id=name,
            job=job,
            url="https://user:secret@News.example/photo.jpg?size=1",
            digest=hashlib.sha256(body).hexdigest(),
            size=len(body),
            content_type="image/jpeg",
            reason=Reason.FACES,
            at=now,
            expires=now + timedelta(days=days),
            versions={"policy": "1", "model": "centerface"},
            findings=(Finding((1, 2, 30, 40), 0.9, "frame 2"),),
            codings=("gzip",),
            detail="not redacted: of 32 bits",
            request=f"request-of-{name}",
        )

    return make


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The program's path; the test carries the marker `redis`."""
    path = find_program("redis")
    assert path, "a test that uses redis_server needs @pytest.mark.redis"
    return path


@pytest.fixture(scope="session")
def haproxy() -> str:
    """The program's path; the test carries the marker `haproxy`."""
    path = find_program("haproxy")
    assert path, "a test that uses haproxy needs @pytest.mark.haproxy"
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program's path; the test carries the marker `browser`."""
    path = find_program("browser")
    assert path, "a test that uses chromium needs @pytest.mark.browser"
    return path


@pytest.fixture(scope="session")
def redis(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One that runs for all tests that do not stop it."""
    with RedisServer(redis_server, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def shared_state(redis: RedisServer, tmp_path: Path) -> State:
    """Settings of a shared state in which nothing is yet."""
    redis.empty()
    return state_at(redis.url, tmp_path)


def _encoder(picture: Image.Image) -> Encode:
    def encode(kind: str = "JPEG", size: tuple[int, int] | None = None, **options: object) -> bytes:
        """The picture in a format that Pillow writes, scaled to `size` (width, height), as bytes."""
        out = io.BytesIO()
        (picture.resize(size, Image.Resampling.LANCZOS) if size else picture).save(out, kind, **options)
        return out.getvalue()

    return encode


@pytest.fixture(scope="session")
def face_as() -> Encode:
    """The astronaut portrait (512x512, one frontal face, public domain) as `face_as("PNG", size=(200, 200))`."""
    return _encoder(Image.fromarray(skimage.data.astronaut()))


@pytest.fixture(scope="session")
def plain_as() -> Encode:
    """A cup of coffee (600x400, CC0), nobody in sight, the same way."""
    return _encoder(Image.fromarray(skimage.data.coffee()))


@pytest.fixture(scope="session")
def face_jpeg(face_as: Encode) -> bytes:
    return face_as("JPEG")


@pytest.fixture(scope="session")
def plain_jpeg(plain_as: Encode) -> bytes:
    return plain_as("JPEG")
