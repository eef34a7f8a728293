import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from facegate.errors import ConfigError
from facegate.quarantine import subject
from facegate.quarantine.subject import Asked, find, spellings
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate_addons.domain.model import QuarantineRecord
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
async def kept(vault: SealedVault, a_record: Callable[..., QuarantineRecord]) -> None:
    urls = ("https://news.example/a/1.jpg", "https://news.example/a/2.jpg", "https://Other.example/?q=\udcff")
    for n, url in enumerate(urls):
        body = b"%d" % n
        await vault.keep(replace(a_record(body, f"record-{n}"), url=url), body)
    await vault.keep(replace(a_record(b"0", "again-00", "other"), url="https://mirror.example/x"), b"0")


def ids(database: Database, asked: Asked) -> list[str]:
    return [entry["id"] for entry in find(database, asked, None)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(url="https://news.example/a/1.jpg"), [0]),
        (Asked(url="https://me:secret@NEWS.example/a/1.jpg#top"), [0]),
        (Asked(url="https://mirror.example/x"), [0]),  # a later sighting
        (Asked(url="https://Other.example/?q=\udcff"), [2]),
        (Asked(url="https://news.example/a/"), []),
        (Asked(url="https://news.example/a/_.jpg"), []),  # no pattern
        (Asked(prefix="https://news.example/a/"), [0, 1]),
        (Asked(prefix="https://news.example"), [0, 1]),
        (Asked(prefix="https://news.example/a/1"), [0]),
        (Asked(prefix="https://news.example/%"), []),
        (Asked(host="OTHER.example."), [2]),
        (Asked(host="https://news.example/anything"), [0, 1]),
        (Asked(digest=hashlib.sha256(b"1").hexdigest().upper()), [1]),
        (Asked(digest="sha256:" + hashlib.sha256(b"1").hexdigest()), [1]),
        (Asked(digest="ab" * 32), []),
        (Asked(records=("record-2", "record-0", "ghost")), [0, 2]),
        (Asked(host="other.example", url="https://news.example/a/1.jpg"), [0, 2]),
    ],
)
async def test_what_is_found(database: Database, kept: None, asked: Asked, found: list[int]) -> None:
    assert await asyncio.to_thread(ids, database, asked) == [f"record-{n}" for n in found]


async def test_what_is_said_of_it(database: Database, kept: None) -> None:
    (entry,) = find(database, Asked(url="https://mirror.example/x"), None)
    assert (entry["jobs"], entry["sightings"], entry["bytes"]) == (["crawl", "other"], 2, "kept")
    assert (entry["erased"], entry["hold"], entry["state"]) == (False, None, "open")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(), "say what to look for"),
        (Asked(url="news.example/a"), "write it whole"),
        (Asked(digest="abc"), "64 digits of hex"),
        (Asked(digest="'; DROP TABLE records"), "64 digits of hex"),
    ],
)
def test_what_cannot_be_looked_for(database: Database, asked: Asked, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        find(database, asked, None)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(url="https://x/1"),
        Asked(prefix="https://x/"),
        Asked(host="x"),
        Asked(digest="ab" * 32),
        Asked(records=("record-1",)),
    ],
)
def test_every_search_goes_by_an_index(database: Database, asked: Asked) -> None:
    for sql, values in subject._queries(asked, b"secret"):
        plan = [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {sql} LIMIT 9", values)]
        assert not [step for step in plan if step.startswith("SCAN")], plan
        assert any("SEARCH" in step and ("USING" in step) for step in plan), plan


async def test_no_more_than_a_bound(database: Database, kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MOST", 1)
    assert len(ids(database, Asked(prefix="https://news.example/"))) == 1


@given(st.text(min_size=1).filter(str.isprintable), st.text())
def test_all_that_begin_so_lie_before_what_is_behind(prefix: str, rest: str) -> None:
    behind = subject._behind(prefix)
    assert prefix.encode() <= (prefix + rest.encode("utf-8", "replace").decode()).encode() < behind.encode()


def test_an_address_as_it_may_have_been_written_down() -> None:
    assert spellings("https://News.Example") == ["https://News.Example/", "https://news.example/"]
    assert spellings("https://News.Example", whole=False) == ["https://News.Example", "https://news.example"]
    assert spellings(" https://u:p@x/A?b=C#d ") == ["https://x/A?b=C"]
