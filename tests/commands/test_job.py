import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest


def test_the_whole_life_of_a_job(facegate: Any, case: str, people: None) -> None:
    registered = facegate.json("job", "register", case)
    assert registered.keys() >= {"id", "token", "state"}
    assert (registered["id"], registered["state"]) == ("case", "pending")
    assert (registered["change"], registered["version"], registered["waiting"]) == ("created", 1, 1)
    assert "it is approved" in facegate.ok("job", "approve", "case", "--as", "eve", "--reason", "order seen")
    shown = facegate.json("job", "show", "case")
    assert (shown["state"], shown["approver"], shown["scope"]["hosts"]) == ("approved", "eve", ["news.example"])
    assert shown["versions"][0]["why"] == "order seen"
    assert facegate.json("job", "token", "case")["token"] != registered["token"]
    assert facegate.json("job", "revoke", "case") == {"id": "case", "state": "revoked"}
    assert [job["state"] for job in facegate.json("job", "list")] == ["revoked"]
    assert facegate.json("ledger", "verify")["ok"]


def test_registering_tells_what_to_do_next(facegate: Any, case: str, broad: str) -> None:
    said = facegate.ok("job", "register", case)
    assert "facegate job approve case --version 1 --as USER" in said
    said = facegate.ok("job", "register", broad)
    assert "Proxy: http://broad:" in said
    assert "approve" not in said


@pytest.mark.parametrize(("mode", "says"), [("socks5", "Proxy: socks5h://broad:"), ("transparent", "")])
def test_what_is_told_of_the_proxy_fits_the_way_in(
    facegate: Any, tmp_path: Path, broad: str, mode: str, says: str
) -> None:
    config = tmp_path / "facegate.toml"
    config.write_text(f'[listen]\nmode = "{mode}"\nhost = "::1"\n[identity]\nrequired = false\n')
    said = facegate.ok("job", "register", broad, "--config", str(config))
    assert says in said
    assert said.count("Proxy:") == said.count("@[::1]:8080\n") == bool(says)


def test_a_list_for_pipes_is_tab_separated(facegate: Any, case: str, broad: str) -> None:
    facegate.ok("job", "register", broad)
    facegate.ok("job", "register", case)
    lines = [line.split("\t") for line in facegate.ok("job", "list").splitlines()]
    assert lines[0] == ["id", "state", "kind", "operator", "expires", "releases", "waits"]
    assert [line[:3] for line in lines[1:]] == [["broad", "active", "untargeted"], ["case", "pending", "individual"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("job", "register", "/nonexistent.toml"), "no such file"),
        (("job", "submit", "broad"), "nothing of it waits"),
        (("job", "submit", "ghost"), "no job"),
        (("job", "reject", "broad", "--as", "eve", "--reason", "no paper"), "nothing of it waits"),
        (("job", "reject", "case", "--as", "eve"), "--reason has to say why"),
        (("job", "reject", "case", "--as", "acme", "--reason", "no paper"), "facegate user add acme"),
        (("job", "approve", "case", "--as", "eve", "--version", "7"), "version 7 does not wait; version 1 does"),
        (("job", "signing-key", "ghost"), "no job"),
        (("job", "token", "broad", "--overlap", "8d"), "from 0 to 7 days"),
        (("job", "show", "ghost"), "facegate job list"),
        (("job", "show", "\udcff"), "not UTF-8"),
        (("job", "approve", "broad", "--as", "eve"), "without an approval"),
        (("job", "approve", "case", "--as", "olaf"), "reviewer or an admin"),
        (("job", "revoke", "ghost"), "no job"),
        (("job", "token", "ghost"), "no job"),
    ],
)
def test_what_goes_wrong_is_one_line(
    facegate: Any, people: None, broad: str, case: str, arguments: tuple[str, ...], says: str
) -> None:
    facegate.ok("job", "register", broad)
    facegate.ok("job", "register", case)
    assert says in facegate.refused(*arguments)


def edited(path: str, old: str, new: str) -> str:
    file = Path(path)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return path


def test_the_same_file_again_changes_nothing(facegate: Any, broad: str) -> None:
    facegate.ok("job", "register", broad)
    again = facegate.json("job", "register", broad)
    assert (again["token"], again["change"], again["version"]) == (None, "unchanged", 1)
    said = facegate.ok("job", "register", broad)
    assert said == "Nothing new: broad; it is active.\n"


def test_a_changed_file_is_a_version_that_waits(facegate: Any, case: str, people: None) -> None:
    facegate.ok("job", "register", case)
    facegate.ok("job", "approve", "case", "--as", "eve")
    said = facegate.ok("job", "register", edited(case, "max_releases = 5", "max_releases = 9"))
    assert said.startswith("Changed case; it is approved.\nVersion 1 stays in force until version 2 is approved.\n")
    assert "Token" not in said
    listed = facegate.ok("job", "list").splitlines()[1].split("\t")
    assert listed[-2:] == ["0/5", "version 2"]
    shown = facegate.json("job", "show", "case")
    assert (shown["waiting"], shown["scope"]["max_releases"]) == (2, 5)
    lines = facegate.ok("job", "show", "case").splitlines()
    assert lines[-2:] == ["key\tversion 1, in force\tversion 2, waiting", "scope.max_releases\t5\t9"]
    rejected = facegate.ok("job", "reject", "case", "--as", "eve", "--reason", "too many")
    assert "it is approved" in rejected
    assert "too many" in facegate.ok("job", "show", "case")


def test_an_answer_of_no_and_a_count_of_none_are_shown(facegate: Any, broad: str) -> None:
    Path(broad).write_text(Path(broad).read_text() + "[conditions]\nautomated = false\n")
    facegate.ok("job", "register", broad)
    fields = dict(line.split(maxsplit=1) for line in facegate.ok("job", "show", "broad").splitlines() if " " in line)
    assert (fields["conditions.automated"], fields["token"]) == ("false", "yes")
    assert fields["spent"] == "0 releases, 0 faces, 0 responses, 0 bytes"


def test_pages_and_filters(facegate: Any, broad: str, case: str) -> None:
    facegate.ok("job", "register", broad)
    facegate.ok("job", "register", case)
    first = facegate("job", "list", "--limit", "1", "--json")
    assert [job["id"] for job in json.loads(first.stdout)] == ["broad"]
    assert first.stderr == "There are more; go on with --after broad\n"
    assert [job["id"] for job in facegate.json("job", "list", "--after", "broad")] == ["case"]
    assert [job["id"] for job in facegate.json("job", "list", "--state", "pending")] == ["case"]
    assert [job["id"] for job in facegate.json("job", "list", "--operator", "ACME")] == ["broad", "case"]
    assert facegate.json("job", "list", "--operator", "other") == []


def test_a_damaged_row_is_told_beside_the_others(facegate: Any, broad: str, case: str) -> None:
    facegate.ok("job", "register", broad)
    facegate.ok("job", "register", case)
    with contextlib.closing(sqlite3.connect(facegate.home / "facegate.db", autocommit=True)) as connection:
        connection.execute("UPDATE jobs SET operator = 'mallory' WHERE id = 'case'")
    result = facegate("job", "list")
    assert result.exit_code == 2
    assert "broad\t" in result.stdout
    assert result.stderr.count("\n") == 1
    assert "altered outside facegate" in result.stderr
    assert "Revoked case" in facegate.ok("job", "revoke", "case", "--reason", "altered")


def test_a_signing_key_changes_with_the_token_and_is_told_of(facegate: Any, broad: str) -> None:
    facegate.ok("job", "register", broad)
    key = facegate.json("job", "signing-key", "broad")["signing_key"]
    assert len(bytes.fromhex(key)) == 32
    assert facegate.ok("job", "signing-key", "broad") == f"{key}\n"
    facegate.ok("job", "token", "broad", "--overlap", "1h")
    assert facegate.json("job", "signing-key", "broad")["signing_key"] != key
    ledger = facegate.ok("ledger", "tail", "--json")
    assert "job-signing-key-shown" in ledger
    assert key not in ledger


def test_usage_errors_exit_2(facegate: Any) -> None:
    for arguments in (("job", "show"), ("job", "approve", "x"), ("job", "nonsense")):
        result = facegate(*arguments)
        assert result.exit_code == 2
        assert "Usage:" in result.stderr


def test_a_home_that_cannot_be_used(facegate: Any, broad: str) -> None:
    facegate.home.write_text("a file")
    assert "is not a directory" in facegate.refused("job", "register", broad)


def test_a_corrupted_database_stays_as_it_is(facegate: Any, broad: str) -> None:
    facegate.ok("job", "register", broad)
    database = facegate.home / "facegate.db"
    database.write_bytes(b"\xff" * database.stat().st_size)
    before = database.read_bytes()
    assert "restore it from a backup" in facegate.refused("job", "list")
    assert database.read_bytes() == before
