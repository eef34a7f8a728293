import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facegate.commands.person import system_user


def test_list_and_show(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    assert facegate.json("quarantine", "list") == []
    for number in range(3):
        withhold(f"record-{number}", f"body {number}".encode())
    assert [r["id"] for r in facegate.json("quarantine", "list")] == ["record-2", "record-1", "record-0"]
    result = facegate("quarantine", "list", "--limit", "2")
    assert len(result.stdout.splitlines()) == 3
    assert "--limit 4" in result.stderr
    shown = facegate.json("quarantine", "show", "record-1")
    assert (shown["url"], shown["state"], shown["size"]) == ("https://news.example/a.jpg", "open", 6)
    assert "https://news.example/a.jpg" in facegate.ok("quarantine", "show", "record-1")
    assert facegate.json("quarantine", "list", "--job", "other") == []


def test_a_hostile_url_cannot_play_with_the_terminal(facegate: Any, withhold: Callable[..., None]) -> None:
    withhold("record-1", url="https://x/\x1b[2J\u202e")
    said = facegate.ok("quarantine", "show", "record-1")
    assert "\x1b" not in said
    assert "\\u001b[2J\\u202e" in said


def test_export_takes_a_person_and_a_reason(
    facegate: Any, people: None, withhold: Callable[..., None], tmp_path: Path
) -> None:
    withhold("record-1", b"the pixels")
    out = str(tmp_path / "out.jpg")
    assert "reviewer or an admin" in facegate.refused(
        "quarantine", "export", "record-1", "-o", out, "--as", "olaf", "--reason", "curious"
    )
    assert not Path(out).exists()
    arguments = ("quarantine", "export", "record-1", "-o", out, "--as", "eve", "--reason", "court order 7")
    facegate.ok(*arguments)
    assert Path(out).read_bytes() == b"the pixels"
    assert Path(out).stat().st_mode & 0o777 == 0o600
    assert "--force" in facegate.refused(*arguments)
    facegate.ok(*arguments, "--force")
    events = [event["event"] for event in facegate.json("quarantine", "show", "record-1")["history"]]
    assert events == ["withheld", "exported", "exported"]
    assert "court order 7" in facegate.ok("ledger", "tail")


def test_confirm_and_release(facegate: Any, people: None, broad: str, withhold: Callable[..., None]) -> None:
    facegate.ok("job", "register", broad)
    withhold("record-1")
    assert facegate.json("quarantine", "confirm", "record-1", "--as", "olaf") == {
        "id": "record-1",
        "state": "confirmed",
    }
    arguments = ("quarantine", "release", "record-1", "--as", "eve", "--job", "broad")
    assert "is released" in facegate.ok(*arguments, "--reason", "a statue")
    assert "does not deliver" in facegate.ok("quarantine", "release", "--help")
    assert facegate.json("quarantine", "list", "--state", "released")[0]["id"] == "record-1"


def test_the_shortest_form_is_recorded_with_the_systems_user(
    facegate: Any, broad: str, withhold: Callable[..., None], tmp_path: Path
) -> None:
    facegate.ok("job", "register", broad)
    withhold("record-1", b"the pixels")
    out = str(tmp_path / "out.jpg")
    assert facegate.json("quarantine", "export", "record-1", "-o", out) == {
        "id": "record-1",
        "file": out,
        "size": 10,
        "digest": hashlib.sha256(b"the pixels").hexdigest(),
    }
    facegate.ok("quarantine", "confirm", "record-1")
    facegate.ok("quarantine", "release", "record-1")
    me = str(system_user())
    history = facegate.json("quarantine", "show", "record-1")["history"][1:]
    assert [(event["event"], event["user"], event["note"], event["job"]) for event in history] == [
        ("exported", me, "not stated", ""),
        ("confirmed", me, "", ""),
        ("released", me, "not stated", "broad"),
    ]
    told = [json.loads(line) for line in facegate.ok("ledger", "tail", "--json").splitlines()]
    assert [line["user"] for line in told if line["event"].startswith("record-")] == [me] * 3
    assert "no user" in facegate.refused("quarantine", "export", "record-1", "-o", f"{out}2", "--as", me)


def test_purge_destroys_what_has_expired(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-old", b"old", days=0.5)
    withhold("record-new", b"new")
    assert facegate.json("quarantine", "purge") == {"purged": ["record-old"]}
    assert len(list((facegate.home / "vault").glob("*/*"))) == 1
    assert facegate.json("quarantine", "purge") == {"purged": []}


@pytest.mark.parametrize("verb", [("show",), ("confirm", "--as", "eve")])
def test_an_unknown_record(facegate: Any, people: None, verb: tuple[str, ...]) -> None:
    assert "quarantine list" in facegate.refused("quarantine", *verb, "ghost")


def test_a_lost_master_key_is_one_line(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    (facegate.home / "master.key").unlink()
    assert "restore it" in facegate.refused("quarantine", "purge")
    assert not (facegate.home / "master.key").exists()
