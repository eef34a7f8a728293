import base64
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from facegate.ledger.reading import tail


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
