import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from facegate.config import load
from facegate.quarantine.keys import master_key
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.secret import identity_secret
from facegate_addons.domain.model import Sample, utc_now

Draw = Callable[..., None]


@pytest.fixture
def draw(facegate: Any) -> Draw:
    """Puts a sample into the store, as a gateway does."""

    def keep(name: str, body: bytes = b"pixels", days: float = 0) -> None:
        config = load(home=str(facegate.home))
        home = Home.prepare(config)
        with Database.open(home.database) as database:
            secret = identity_secret(database, master_key(home, config.vault, database))
            store = SampleStore(home, database, secret, timedelta(hours=72), 100)
            at, digest = utc_now() - timedelta(days=days), hashlib.sha256(body).hexdigest()
            asyncio.run(store.keep(Sample(name, "broad", digest, (), len(body), "jpeg", 0.01, at, {}), body))

    return keep


def test_list_and_show(facegate: Any, people: None, draw: Draw, tmp_path: Path) -> None:
    assert facegate.json("sample", "list") == []
    for number in range(3):
        draw(f"s{number}", b"%d" % number)
    assert [it["id"] for it in facegate.json("sample", "list")] == ["s0", "s1", "s2"]  # what expires next is first
    result = facegate("sample", "list", "--limit", "2")
    assert len(result.stdout.splitlines()) == 3
    assert "--limit 4" in result.stderr
    assert facegate.json("sample", "list", "--job", "other") == facegate.json("sample", "list", "--state", "face") == []
    shown = facegate.json("sample", "show", "s1")
    assert (shown["kind"], shown["rate"], shown["state"], shown["size"]) == ("jpeg", 0.01, "open", 1)
    assert "no sample 'nobody'" in facegate.refused("sample", "show", "nobody")


def test_a_look_takes_a_person_and_a_reason(facegate: Any, people: None, draw: Draw, tmp_path: Path) -> None:
    draw("s0", b"the pixels")
    out = tmp_path / "out.jpg"
    show = ("sample", "show", "s0", "-o", str(out), "--as")
    assert "reviewer or an admin" in facegate.refused(*show, "olaf", "--reason", "curious")
    assert "--reason" in facegate.refused(*show, "eve")
    assert not out.exists()
    facegate.ok(*show, "eve", "--reason", "monthly look")
    assert out.read_bytes() == b"the pixels"
    assert out.stat().st_mode & 0o777 == 0o600
    assert "monthly look" in facegate.ok("ledger", "tail")


def test_what_is_decided_is_destroyed(facegate: Any, people: None, draw: Draw) -> None:
    draw("s0")
    draw("s1")
    assert "--face or --no-face" in facegate.refused("sample", "decide", "s0", "--as", "eve")
    assert "reviewer or an admin" in facegate.refused("sample", "decide", "s0", "--face", "--as", "olaf")
    assert facegate.json("sample", "decide", "s0", "--face", "--as", "eve") == {"id": "s0", "state": "face"}
    assert "no-face" in facegate.ok("sample", "decide", "s1", "--no-face", "--as", "eve", "--reason", "a cup")
    assert "only an open one" in facegate.refused("sample", "decide", "s0", "--no-face", "--as", "eve")
    assert list((facegate.home / "samples").iterdir()) == []
    assert [it["id"] for it in facegate.json("sample", "list", "--state", "no-face")] == ["s1"]


def test_purge_destroys_what_nobody_decided(facegate: Any, draw: Draw) -> None:
    draw("old", days=4)
    draw("new")
    assert facegate.json("sample", "purge") == {"purged": ["old"]}
    assert "Destroyed 0" in facegate.ok("sample", "purge")
    assert [it["id"] for it in facegate.json("sample", "list", "--state", "expired")] == ["old"]


def test_a_home_is_not_made(facegate: Any) -> None:
    assert "holds no ledger" in facegate.refused("sample", "list")
