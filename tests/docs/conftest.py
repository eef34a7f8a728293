"""A home as the documentation speaks of it: its people, jobs, records, files. Each block gets a copy."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tiny_models
from click.testing import CliRunner
from docs.blocks import ROOT
from docs.forked import SHIM
from facegate.cli import main
from facegate.config import load
from facegate.quarantine.keys import KeyRing, master_key
from facegate.quarantine.vault import SealedVault
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.secret import identity_secret
from facegate_addons.domain.model import Finding, QuarantineRecord, Sample, utc_now
from facegate_addons.domain.reasons import Reason
from file_server import FileServer

PEOPLE = {"rita": "reviewer", "eve": "reviewer", "maria": "reviewer", "ada": "admin", "acme-crawl": "operator"}
HOME = Path(".local/state/facegate")  # of a user, on Linux
ID = "d42608e41e1c43aeb2585873ab7919a7"
JANE, PASSED = b"a picture of Jane", b"a picture that passed"


def coming() -> str:
    """A date that a job may end at, whenever this is run."""
    return (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")


def a_job(name: str, kind: str = "untargeted") -> str:
    text = f'id = "{name}"\noperator = "acme-crawl"\npurpose = "a purpose"\n[scope]\nkind = "{kind}"\n'
    if kind != "untargeted":
        text += f'subjects = ["{name}"]\nhosts = ["news.example"]\nlegal_basis = "law"\nreference = "order"\n'
        text += f"expires = {coming()}\nmax_releases = 5\n"
    return text


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, face_jpeg: bytes, plain_jpeg: bytes) -> Iterator[Path]:
    """HOME for a shell, with `work` in it, where the blocks are run."""
    top = tmp_path_factory.mktemp("world")
    home, work = top / HOME, top / "work"
    home.parent.mkdir(parents=True)
    for folder in ("pictures", "labelled/faces", "labelled/nofaces", "ARCHIVE", "safe", ".venv/bin"):
        (work / folder).mkdir(parents=True)
    (work / "pictures" / "a.jpg").write_bytes(plain_jpeg)
    (work / "labelled" / "faces" / "a.jpg").write_bytes(face_jpeg)
    (work / "labelled" / "nofaces" / "a.jpg").write_bytes(plain_jpeg)
    (work / "jane.jpg").write_bytes(JANE)
    (work / "DIR").symlink_to("labelled")
    shutil.copytree(ROOT / "crawlers" / "examples" / "pictures" / "jobs", work / "jobs")

    def facegate(*arguments: str) -> str:
        done = CliRunner().invoke(main, [*arguments, "--home", str(home)])
        assert done.exit_code == 0, done.output
        return done.stdout

    for name, role in PEOPLE.items():
        facegate("user", "add", name, "--role", role)
    for name in ("news-texts", "news-photos", "crawl", "case-4711", "missing-person-4711"):
        kind = "individual" if "-471" in name else "untargeted"
        (work / f"{name}.toml").write_text(a_job(name, kind))
        facegate("job", "register", str(work / f"{name}.toml"))
    facegate("job", "approve", "case-4711", "--as", "rita")
    _withhold(home)
    facegate("ca", "export", "-o", str(work / "facegate-ca.pem"))
    for _ in range(7):
        facegate("ledger", "checkpoint")
    facegate("ledger", "verify")
    for path in home.joinpath("ledger").glob("checkpoints/checkpoint-*"):
        shutil.copy(path, work)
    shutil.copy(home / "ledger" / "cli.jsonl", work / "gateway-0.jsonl")
    for name in ("ledger.pem", "key.pem"):
        (work / name).write_text(facegate("ledger", "key"))
    shutil.copytree(home, work / "COPY")
    shutil.copytree(home / "ledger" / "checkpoints", work / "KEPT")
    weights = tiny_models.yunet()
    with FileServer(weights) as server:
        described = tiny_models.described(weights, top=f'url = "{server.url}"')
        (work / "yunet-n.toml").write_text(described)
        yield top


def _withhold(home_folder: Path) -> None:
    """A record and a drawn sample, both with the id that stands for the documentation's `ID`."""
    config = load(home=str(home_folder))
    home, now = Home.prepare(config), utc_now() - timedelta(days=1)
    record = QuarantineRecord(
        ID, "crawl", "https://news.example/jane.jpg", hashlib.sha256(JANE).hexdigest(), len(JANE), "image/jpeg",
        Reason.FACES, now, now + timedelta(days=20), {"model": "centerface"}, (Finding((1, 2, 30, 40), 0.9),),
        request="0b5c1f2e-5d1c-4c55-9a5e-6f0f2f6d7c11",
    )  # fmt: skip
    digest = hashlib.sha256(PASSED).hexdigest()
    sample = Sample(ID, "crawl", digest, (), len(PASSED), "jpeg", 0.1, utc_now(), {"model": "centerface"})
    with Database.open(home.database) as database:
        key = master_key(home, config.vault, database)
        with SealedVault(home, database, key, config.vault.keep_for) as vault:
            asyncio.run(vault.keep(record, JANE))
        secret = identity_secret(database, KeyRing.open(home, config.vault, database).current)
        store = SampleStore(home, database, secret, timedelta(hours=72), most=3)
        assert asyncio.run(store.keep(sample, PASSED))


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for PATH with a `facegate` in it that costs next to nothing."""
    folder = tmp_path_factory.mktemp("shim")
    argv = [sys.executable, "-m", "docs.forked", str(folder / "gate")]
    tests = str(Path(__file__).parents[1])
    server = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": tests}
    )
    with server:
        assert server.stdin
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        program = folder / "facegate"
        program.write_text(SHIM.format(python=sys.executable, path=str(folder / "gate")))
        program.chmod(0o755)
        yield folder
        server.stdin.close()


@pytest.fixture
def shell(world: Path, shim: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script in a copy of the world, or in a given one."""

    def run(script: str, top: Path | None = None) -> subprocess.CompletedProcess[str]:
        if top is None:
            top = tmp_path / "world"
            shutil.copytree(world, top, symlinks=True)
        if not (alias := top / "work" / ".venv" / "bin" / "facegate").exists():
            alias.symlink_to(shim / "facegate")
        environment = {"HOME": str(top), "PATH": f"{shim}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
        return subprocess.run(
            ["/bin/sh", "-eu"], input=script, cwd=top / "work", env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    return run
