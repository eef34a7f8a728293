from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import Conflict, FacegateError, NotAllowed, NotFound
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.state.home import Home
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Sample, utc_now

A = Callable[..., Sample]
EVE = Actor("eve", "reviewer", "console")


@pytest.fixture
async def three(store: SampleStore, a_sample: A) -> None:
    for name in ("a1", "a2", "a3"):
        await store.keep(a_sample(name.encode(), name), name.encode())


def lines(home: Home, beginning: str) -> list[dict[str, Any]]:
    return [line for line in tail(home.ledger, 1000) if line["event"].startswith(beginning)]


async def test_a_look_is_written_down_before_it(
    three: None, store: SampleStore, ledger: ChainedLedger, home: Home
) -> None:
    assert review.reveal(store, ledger, "a1", by=EVE, reason="monthly look") == b"a1"
    (line,) = lines(home, "sample-revealed")
    assert (line["sample"], line["user"], line["via"], line["note"], line["job"]) == (
        "a1", "eve", "console", "monthly look", "crawl",
    )  # fmt: skip
    with pytest.raises(Conflict, match="takes a reason"):
        review.reveal(store, ledger, "a1", by=EVE, reason=" ")
    with pytest.raises(NotAllowed):
        review.reveal(store, ledger, "a1", by=Actor("olaf", "operator"), reason="curious")
    with pytest.raises(NotFound):
        review.reveal(store, ledger, "nobody", by=EVE, reason="monthly look")
    assert len(lines(home, "sample-revealed")) == 1


async def test_what_is_decided_is_destroyed(three: None, store: SampleStore, ledger: ChainedLedger, home: Home) -> None:
    review.decide(store, ledger, {"a1": True, "a2": False}, by=EVE, reason="seen")
    assert review.counts(store.database) == {"open": 1, "face": 1, "no-face": 1, "expired": 0}
    assert [path.name for path in home.samples.iterdir()] == ["a3.sealed"]
    with pytest.raises(Conflict, match="destroyed"):
        store.open("a1")
    decided = lines(home, "sample-decided")
    assert [(line["sample"], line["face"], line["user"]) for line in decided] == [
        ("a1", True, "eve"),
        ("a2", False, "eve"),
    ]
    assert review.show(store.database, "a1")["by"] == "eve"
    with pytest.raises(Conflict, match="only an open one"):
        review.decide(store, ledger, {"a3": True, "a1": False}, by=EVE)
    assert review.counts(store.database)["open"] == 1  # all or none
    with pytest.raises(NotFound):
        review.decide(store, ledger, {"nobody": True}, by=EVE)


async def test_nobody_decides_of_their_own_crawl(
    three: None, store: SampleStore, ledger: ChainedLedger, desk: Desk
) -> None:
    desk.register(Job("crawl", "Eve", purpose="text"), Actor("root"))
    for by in (EVE, Actor("eve", "admin"), Actor("os:eve")):
        with pytest.raises(NotAllowed, match="another person"):
            review.decide(store, ledger, {"a1": False}, by=by)
    with pytest.raises(NotAllowed):
        review.decide(store, ledger, {"a1": False}, by=Actor("olaf", "operator"))
    assert review.decide(store, ledger, {"a1": False}, by=Actor("ada", "admin")) == ["a1"]


async def test_a_change_that_is_not_in_the_ledger_is_not_made(
    three: None, store: SampleStore, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_entry: object) -> None:
        raise Conflict("the disk is away")

    monkeypatch.setattr(ledger, "append_now", away)
    with pytest.raises(FacegateError, match="away"):
        review.decide(store, ledger, {"a1": False}, by=EVE)
    assert store.open("a1") == b"a1"


async def test_pages_begin_with_what_expires_next(three: None, store: SampleStore) -> None:
    page = review.list_samples(store.database, limit=2)
    assert [it["id"] for it in page.samples] == ["a1", "a2"]
    assert page.next is not None
    rest = review.list_samples(store.database, after=page.next, limit=2)
    assert ([it["id"] for it in rest.samples], rest.next) == (["a3"], None)
    assert review.list_samples(store.database, job="other").samples == []
    assert "wrapped_key" not in page.samples[0]


async def test_what_nobody_decided_in_time_is_told(
    store: SampleStore, a_sample: A, ledger: ChainedLedger, home: Home
) -> None:
    assert review.purge(ledger, store, utc_now()) == []
    assert lines(home, "samples-purged") == []
    await store.keep(a_sample(b"old", "old", at=utc_now() - timedelta(days=4)), b"old")
    assert review.purge(ledger, store, utc_now()) == ["old"]
    assert lines(home, "samples-purged")[0]["samples"] == 1
    (row,) = review.by_rate(store.database, None, "", "")
    assert dict(row) == {"rate": 0.25, "state": "expired", "n": 1}
    assert list(review.by_rate(store.database, "other", "", "")) == []
    assert list(review.by_rate(store.database, None, utc_now().isoformat(), "")) == []
