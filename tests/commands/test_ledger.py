import json
from pathlib import Path
from typing import Any


def test_verify_says_what_is_whole_and_names_what_is_not(facegate: Any, people: None) -> None:
    assert "cli.jsonl: 2 lines, whole" in facegate.ok("ledger", "verify")
    path = facegate.home / "ledger" / "cli.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"role":"operator"', b'"role":"reviewer"'))
    result = facegate("ledger", "verify")
    assert result.exit_code == 1
    assert "cli.jsonl: BAD at line 2: was altered" in result.stdout
    result = facegate("ledger", "verify", "--json")
    assert result.exit_code == 1
    facts = json.loads(result.stdout)
    assert (facts["ok"], facts["files"][0]["bad_line"]) == (False, 2)


def test_a_ledger_that_is_not_there_is_one_line(facegate: Any) -> None:
    result = facegate("ledger", "verify")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "holds no ledger" in result.output


def test_an_empty_ledger_is_whole(facegate: Any) -> None:
    facegate.ok("ca", "export")
    assert "empty" in facegate.ok("ledger", "verify")
    assert facegate.json("ledger", "verify") == {
        "ok": True,
        "files": [],
        "checkpoints": {"count": 0, "newest": None, "problems": []},
    }


def test_tail(facegate: Any, people: None) -> None:
    lines = facegate.ok("ledger", "tail", "-n", "1").splitlines()
    assert len(lines) == 2
    assert "user-added" in lines[1]
    assert "user=olaf" in lines[1]
    assert facegate.json("ledger", "tail", "-n", "1")["user"] == "olaf"


def test_tail_prints_tables_as_json(facegate: Any, broad: str) -> None:
    facegate.ok("job", "register", broad)
    what = facegate.ok("ledger", "tail", "-n", "1").splitlines()[1].split("\t")[-1]
    assert 'document={"id": "broad"' in what


def test_export(facegate: Any, people: None, tmp_path: Path) -> None:
    printed = [json.loads(line) for line in facegate.ok("ledger", "export").splitlines()]
    assert [line["seq"] for line in printed] == [1, 2]
    out = tmp_path / "ledger.jsonl"
    facegate.ok("ledger", "export", "-o", str(out))
    assert [json.loads(line) for line in out.read_text().splitlines()] == printed
    assert out.stat().st_mode & 0o777 == 0o600
    assert "--force" in facegate.refused("ledger", "export", "-o", str(out))
    facegate.ok("ledger", "export", "-o", str(out), "--force")
