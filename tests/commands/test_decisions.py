import json
from pathlib import Path
from typing import Any


def test_a_draft_is_submitted(facegate: Any, case: str, people: None) -> None:
    said = facegate.ok("job", "register", case, "--draft")
    assert "facegate job submit case" in said
    assert "is a draft" in facegate.refused("job", "approve", "case", "--as", "eve")
    assert facegate.json("job", "submit", "case") == {"id": "case", "state": "pending"}
    assert facegate.json("job", "approve", "case", "--as", "eve", "--version", "1") == {
        "id": "case", "state": "approved", "version": 1, "over": {},
    }  # fmt: skip


def test_what_waits_is_withdrawn(facegate: Any, case: str, people: None) -> None:
    facegate.ok("job", "register", case)
    assert "version 2 does not wait" in facegate.refused("job", "withdraw", "case", "--version", "2")
    assert facegate.json("job", "withdraw", "case", "--version", "1") == {"id": "case", "state": "draft"}
    assert "nothing of it waits" in facegate.refused("job", "withdraw", "case")


def test_what_is_over_a_threshold_is_told_with_what_to_do(
    facegate: Any, case: str, people: None, tmp_path: Path
) -> None:
    config = tmp_path / "facegate.toml"
    config.write_text("[accumulation]\nhosts = 1\n")
    file = Path(case)
    file.write_text(file.read_text().replace('["news.example"]', '["news.example", "other.test"]'))
    facegate.ok("job", "register", case, "--config", str(config))
    result = facegate("job", "approve", "case", "--as", "eve", "--config", str(config))
    assert result.exit_code == 0
    assert "add up to 2 hosts" in result.stderr
    assert "facegate accumulation sign 'acme' --as USER" in result.stderr


def test_what_waits_is_rejected_with_a_reason(facegate: Any, case: str, people: None) -> None:
    facegate.ok("job", "register", case)
    assert "has to say why" in facegate.refused("job", "reject", "case", "--as", "eve", "--reason", " ")
    assert facegate.json("job", "reject", "case", "--as", "eve", "--reason", "no paper")["state"] == "draft"
    assert "nothing of it waits" in facegate.refused("job", "approve", "case", "--as", "eve")


def test_who_sat_at_the_keyboard_is_written_down(facegate: Any, case: str, people: None) -> None:
    facegate.ok("job", "register", case)
    facegate.ok("job", "approve", "case", "--as", "eve")
    facegate.ok("job", "revoke", "case", "--reason", "the order was lifted")
    lines = [json.loads(line) for line in facegate.ok("ledger", "tail", "--json").splitlines()]
    approved, revoked = lines[-2:]
    assert (approved["by"], approved["via"].partition(" os:")[0]) == ("eve", "cli,")
    assert (revoked["by"][:3], revoked["why"]) == ("os:", "the order was lifted")
