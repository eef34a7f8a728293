import json

import pytest
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import make
from facegate.ledger.signing import signing_key
from facegate.ledger.standing import Watch, standing, status_path
from facegate.state.home import Home


def add(home: Home, *numbers: int, name: str = "gateway-0") -> None:
    with ChainedLedger(home.ledger, name) as ledger:
        for n in numbers:
            ledger.append({"event": "exchange", "n": n})


def test_it_says_how_the_ledger_stands(home: Home) -> None:
    assert standing(home) is None
    watch = Watch(home)
    add(home, 1, 2, 3)
    add(home, 4, name="cli")
    it, _ = make(home.ledger, signing_key(home, {}), "asked")
    found, new = watch.look()
    assert standing(home) == found
    assert (found.whole, found.lines, found.files, found.bad, new) == (True, 4, 2, (), [])
    assert (found.checkpoint, found.checkpoint_at, found.key) == (1, it.at, it.key)
    assert found.bytes == sum(path.stat().st_size for path in home.ledger.glob("*.jsonl"))
    assert status_path(home).stat().st_mode & 0o777 == 0o600


def test_only_what_is_new_is_read_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    add(home, *range(2_000))
    heard: list[int] = []
    watch = Watch(home, heard.append)
    first, _ = watch.look()
    assert sum(heard) == first.bytes
    heard.clear()
    add(home, 1, 2)
    second, _ = watch.look()
    assert (second.lines, second.full) == (2_002, first.full)
    assert 0 < sum(heard) < 1_000


def test_damage_in_new_lines_is_named_once_and_stays(home: Home) -> None:
    watch = Watch(home)
    add(home, 1, 2, 3)
    watch.look()
    add(home, 4, 5)
    path = home.ledger / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":5', b'"n":6'))
    found, new = watch.look()
    assert found.bad == ("gateway-0.jsonl:5: was altered or damaged",)
    assert new == list(found.bad)
    assert not standing(home).whole  # type: ignore[union-attr]
    again, new = watch.look()
    assert (again.bad, new) == (found.bad, [])
    assert Watch(home).look()[1] == [], "another process knows of it"


def test_damage_in_old_lines_is_found_when_all_is_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(home)
    add(home, 1, 2, 3)
    watch.look()
    path = home.ledger / "gateway-0.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"n":2', b'"n":6'))
    assert watch.look()[0].whole
    monkeypatch.setattr("facegate.ledger.standing.FULL_EVERY", 0.0)
    assert watch.look()[0].bad == ("gateway-0.jsonl:2: was altered or damaged",)
    path.write_bytes(whole)
    assert not watch.look()[0].whole, "until it is all read again"
    monkeypatch.setattr("facegate.ledger.standing.AGAIN", 0.0)
    assert watch.look()[0].whole


def test_a_status_that_is_none_says_nothing(home: Home) -> None:
    for text in ("", "{}", "[]", json.dumps({"at": 1, "bad": [], "more": 3})):
        status_path(home).write_text(text)
        assert standing(home) is None
