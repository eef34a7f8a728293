import base64
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from facegate.ledger.reading import tail
from s3_server import BUCKET, CREDENTIALS, S3Server


def test_status_counts_by_master_key(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    withhold("record-2", b"more pixels", days=-1)
    facts = facegate.json("vault", "status")
    assert (facts["records"], facts["with_bytes"], facts["due"], facts["held"], facts["orphans"]) == (2, 2, 1, 0, 0)
    assert facts["keys"] == {facts["key"]: 2}
    assert (facts["pixels"], facts["keep"]) == ("keep", "30d")
    said = facegate.ok("vault", "status")
    assert f"{facts['key']}: 2 records, wraps now" in said
    assert "unfinished" not in said


def test_rotate_and_verify(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    before = facegate.json("vault", "status")["key"]
    done = facegate.json("vault", "rotate")
    assert (done["before"], done["records"], done["destroyed"]) == (before, 1, [before])
    assert facegate.json("vault", "status")["keys"] == {done["key"]: 1}
    assert f"Destroyed the key {done['key']}" in facegate.ok("vault", "rotate")
    assert facegate.ok("vault", "verify", "--bytes") == "1 of 1 records open whole.\n"
    assert facegate.json("vault", "verify") == {"records": 1, "with_bytes": False, "bad": 0, "damaged": []}
    assert [line["ledger"] for line in tail(facegate.home / "ledger", 20) if line["event"] == "master-key-rotated"] == [
        "vault"
    ] * 2


def test_what_is_damaged_ends_with_1(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    for n in range(22):
        withhold(f"record-{n}", b"%d" % n)
    for path in facegate.home.glob("vault/*/*"):
        path.write_bytes(path.read_bytes()[:-1])
    result = facegate("vault", "verify", "--bytes")
    assert result.exit_code == 1
    assert result.stdout == "0 of 22 records open whole.\n"
    assert "record-0: its file is damaged" in result.stderr
    assert "and 2 more" in result.stderr
    assert facegate("vault", "verify").exit_code == 0


def test_a_configured_key(facegate: Any, people: None, withhold: Callable[..., None], tmp_path: Path) -> None:
    withhold("record-1")
    config, new = tmp_path / "facegate.toml", tmp_path / "new.key"
    new.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    new.chmod(0o600)
    old = facegate.home / "master.key"
    config.write_text(f'home = "{facegate.home}"\n[vault]\nkey = {{ file = "{new}" }}\nold = [{{ file = "{old}" }}]\n')
    told = facegate.ok("vault", "rotate", "--config", str(config))
    assert "take it out of vault.old, and destroy it" in told
    old.unlink()
    assert facegate.ok("vault", "verify", "--config", str(config)) == "1 of 1 records open.\n"
    assert "vault.key names the present master key" in facegate.refused("vault", "rotate", "--config", str(config))
    assert "the present one" in facegate.refused("vault", "rotate", "--config", str(config))


def test_nothing_is_made_where_no_home_is(facegate: Any) -> None:
    for verb in ("status", "rotate", "verify"):
        assert "holds no ledger" in facegate.refused("vault", verb)
    assert not facegate.home.exists()


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


def test_move(
    facegate: Any,
    people: None,
    withhold: Callable[..., None],
    tmp_path: Path,
    server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for n in range(2):
        withhold(f"record-{n}", b"%d" % n)
    folder = facegate.home / "vault" / "00"
    folder.mkdir(exist_ok=True)
    (folder / "orphan-1.sealed").write_bytes(b"of nobody")
    config = tmp_path / "facegate.toml"
    s3 = f's3://{BUCKET}/cli"\nendpoint = "{server.endpoint}'
    config.write_text(f'home = "{facegate.home}"\n[vault]\nurl = "{s3}"\nprevious = {{ url = "file:" }}\n')
    there = ("--config", str(config))
    assert "write the storage of before under vault.previous" in facegate.refused("vault", "move")
    size = sum(path.stat().st_size for path in facegate.home.glob("vault/*/record-*"))
    dry = facegate.json("vault", "move", "--dry-run", *there)
    assert dry == {"dry_run": True, "bodies": 2, "bytes": size, "left": 1}
    assert facegate.ok("vault", "move", "--dry-run", *there).startswith(f"Would move 2 bodies, {size} bytes; 1 more")
    assert server.objects() == {}
    assert facegate.json("vault", "status", *there)["to_move"] == 2
    assert "2 bodies in the storage of before" in facegate.ok("vault", "status", *there)
    assert facegate.ok("vault", "verify", "--bytes", *there) == "2 of 2 records open whole.\n"
    done = facegate.json("vault", "move", *there)
    assert done == {"bodies": 2, "bytes": size, "purged": 0, "bad": 0, "failed": {}, "left": 1}
    assert "Nothing is left to move" in facegate.ok("vault", "move", *there)
    assert len(server.objects()) == 2
    assert not list(facegate.home.glob("vault/*/record-*"))
    config.write_text(f'home = "{facegate.home}"\n[vault]\nurl = "{s3}"\n')
    assert facegate.ok("vault", "verify", "--bytes", *there) == "2 of 2 records open whole.\n"


def test_what_is_not_moved_ends_with_1(
    facegate: Any, withhold: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    withhold("record-1")
    (path,) = facegate.home.glob("vault/*/record-1.sealed")
    path.unlink()
    path.mkdir()  # what cannot be read, even by root
    config = tmp_path / "facegate.toml"
    with S3Server() as server:
        s3 = f's3://{BUCKET}/cli"\nendpoint = "{server.endpoint}'
        config.write_text(f'home = "{facegate.home}"\n[vault]\nurl = "{s3}"\nprevious = {{ url = "file:" }}\n')
        result = facegate("vault", "move", "--config", str(config))
    assert result.exit_code == 1
    assert "record-1: Is a directory" in result.stderr
    assert "1 are still where they were: run it again." in result.stderr
    assert "Nothing is left" not in result.stdout
