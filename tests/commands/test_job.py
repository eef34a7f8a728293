from typing import Any

import pytest


def test_the_whole_life_of_a_job(facegate: Any, case: str, people: None) -> None:
    registered = facegate.json("job", "register", case)
    assert registered.keys() >= {"id", "token", "state"}
    assert (registered["id"], registered["state"]) == ("case", "pending")
    assert "is active" in facegate.ok("job", "approve", "case", "--as", "eve")
    shown = facegate.json("job", "show", "case")
    assert (shown["state"], shown["approver"], shown["scope"]["hosts"]) == ("active", "eve", ["news.example"])
    assert facegate.json("job", "token", "case")["token"] != registered["token"]
    assert facegate.json("job", "revoke", "case") == {"id": "case", "state": "revoked"}
    assert [job["state"] for job in facegate.json("job", "list")] == ["revoked"]
    assert facegate.json("ledger", "verify")["ok"]


def test_registering_tells_what_to_do_next(facegate: Any, case: str, broad: str) -> None:
    said = facegate.ok("job", "register", case)
    assert "facegate job approve case --as USER" in said
    said = facegate.ok("job", "register", broad)
    assert "Proxy: http://broad:" in said
    assert "approve" not in said


def test_a_list_for_pipes_is_tab_separated(facegate: Any, case: str, broad: str) -> None:
    facegate.ok("job", "register", broad)
    facegate.ok("job", "register", case)
    lines = [line.split("\t") for line in facegate.ok("job", "list").splitlines()]
    assert lines[0] == ["id", "state", "kind", "operator", "expires", "releases"]
    assert [line[:3] for line in lines[1:]] == [["broad", "active", "untargeted"], ["case", "pending", "individual"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("job", "register", "/nonexistent.toml"), "no such file"),
        (("job", "register", "BROAD"), "registered already"),
        (("job", "show", "ghost"), "facegate job list"),
        (("job", "show", "\udcff"), "not UTF-8"),
        (("job", "approve", "broad", "--as", "eve"), "without an approval"),
        (("job", "approve", "broad", "--as", "olaf"), "reviewer or an admin"),
        (("job", "revoke", "ghost"), "no job"),
        (("job", "token", "ghost"), "no job"),
    ],
)
def test_what_goes_wrong_is_one_line(
    facegate: Any, people: None, broad: str, arguments: tuple[str, ...], says: str
) -> None:
    facegate.ok("job", "register", broad)
    assert says in facegate.refused(*(broad if a == "BROAD" else a for a in arguments))


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
