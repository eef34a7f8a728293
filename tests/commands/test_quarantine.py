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
    place = result.stderr.split("--after ")[1].strip()
    assert [it["id"] for it in facegate.json("quarantine", "list", "--after", place)] == ["record-0"]
    assert "begin at its first page" in facegate.refused("quarantine", "list", "--after", place, "--sort", "oldest")
    shown = facegate.json("quarantine", "show", "record-1")
    assert (shown["url"], shown["state"], shown["size"]) == ("https://news.example/a.jpg", "open", 6)
    assert "https://news.example/a.jpg in request request-of-record-1" in facegate.ok("quarantine", "show", "record-1")
    assert shown["seen"][0]["request"] == "request-of-record-1"
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


def test_the_shortest_form_is_recorded_with_the_systems_user(
    facegate: Any, people: None, broad: str, withhold: Callable[..., None], tmp_path: Path
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
    facegate.ok("quarantine", "second", "record-1", "--as", "eve")
    me = str(system_user())
    history = facegate.json("quarantine", "show", "record-1")["history"][1:]
    assert [(event["event"], event["user"], event["note"], event["job"]) for event in history] == [
        ("exported", me, "not stated", ""),
        ("confirmed", me, "", ""),
        ("release-asked", me, "not stated", "broad"),
        ("released", "eve", "not stated", "broad"),
    ]
    told = [json.loads(line) for line in facegate.ok("ledger", "tail", "--json").splitlines()]
    assert [line["user"] for line in told if line["event"].startswith("record-")] == [me] * 3 + ["eve"]
    assert "no user" in facegate.refused("quarantine", "export", "record-1", "-o", f"{out}2", "--as", me)


def test_a_release_is_exported_once(
    facegate: Any, people: None, broad: str, withhold: Callable[..., None], tmp_path: Path
) -> None:
    facegate.ok("job", "register", broad)
    withhold("record-1", b"the pixels")
    release = facegate.json("quarantine", "release", "record-1")["release"]
    facegate.ok("quarantine", "second", release, "--as", "eve")
    deliver = ("quarantine", "export", "--release", release, "-o", str(tmp_path / "out.jpg"))
    assert facegate.json(*deliver)["release"] == release
    assert (tmp_path / "out.jpg").read_bytes() == b"the pixels"
    assert "is delivered since" in facegate.refused(*deliver[:-1], str(tmp_path / "again.jpg"))
    assert not (tmp_path / "again.jpg").exists()
    wrong = facegate("quarantine", "export", "-o", str(tmp_path / "again.jpg"))
    assert (wrong.exit_code, "give a record's ID, or --release" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("verb", [("show",), ("confirm", "--as", "eve")])
def test_an_unknown_record(facegate: Any, people: None, verb: tuple[str, ...]) -> None:
    assert "quarantine list" in facegate.refused("quarantine", *verb, "ghost")


def test_a_lost_master_key_is_one_line(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    (facegate.home / "master.key").unlink()
    assert "restore it" in facegate.refused("quarantine", "purge")
    assert not (facegate.home / "master.key").exists()
