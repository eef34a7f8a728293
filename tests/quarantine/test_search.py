"""Every search is compared with what a plain loop over the same records finds, by whichever way it goes."""

import random
from datetime import timedelta

import pytest
from facegate.errors import ConfigError
from facegate.quarantine import plans, search, ways
from facegate.quarantine.filters import Filter
from facegate.quarantine.plans import SORTS
from facegate.state.database import Database

from tests.quarantine.listed import HOSTS, REASONS, START, Made, expected, keep, make

SIZE = 200
MIXED = 30  # with 1,000 of them the same comes out


@pytest.fixture(scope="module")
def made() -> list[Made]:
    return make(SIZE)


@pytest.fixture
def listed(database: Database, made: list[Made]) -> Database:
    keep(database, made)
    return database


def filters(seed: int) -> list[Filter]:
    """Each alone, every third time, and some of two to four together."""
    hours = [START + timedelta(hours=it) for it in (0, 9, 9.51, 20, 400)]
    values = {
        "job": ["job-0", "job-3", "ghost"],
        "host": ["news.example", "*.news.example", "*.example", "*.org", "ghost.example", "*.ghost", HOSTS[-1]],
        "reason": [*REASONS[:2], "ghost"],
        "state": ["open", "expired"],
        "digest": ["00000001"],
        "since": hours,
        "until": hours,
        "min_faces": [0, 2, 9],
        "held": [True, False],
        "url": ["https://news.example/", "https://news.example/3/", "https://ghost/"],
        "request": ["request-48", "REQUEST-52 ", "request-ghost", ""],
    }
    draw = random.Random(seed)
    alone = [Filter(**{name: value}) for name, options in values.items() for value in options]  # type: ignore[arg-type]
    mixed = [
        Filter(**{name: draw.choice(values[name]) for name in draw.sample(sorted(values), draw.randrange(2, 5))})  # type: ignore[arg-type]
        for _ in range(MIXED)
    ]
    return [Filter(), *(alone if seed % 3 == 0 else []), *mixed]


def pages(database: Database, looked_for: Filter, sort: str, size: int) -> list[str]:
    """From the first page to the last, and back again: the same pages."""
    page = search.search(database, looked_for, sort, size)
    assert page.previous is None
    there = [[it.id for it in page.records]]
    back: list[list[str]] = []
    while page.next:
        page = search.search(database, looked_for, sort, size, page.next)
        assert len(page.records) == size or page.partial or not page.next
        there.append([it.id for it in page.records])
    while page.previous:
        page = search.search(database, looked_for, sort, size, page.previous)
        back.append([it.id for it in page.records])
    found = [id_ for page in there for id_ in page]
    ours = [id_ for page in reversed(back) for id_ in page]
    assert found[: len(ours)] == ours
    assert len(ours) >= len(found) - len(there[-1])
    return found


@pytest.mark.parametrize("sort", list(SORTS))
@pytest.mark.parametrize("narrow", [2_000, 0], ids=["sorted", "along an index"])
def test_all_that_matches_is_found_once_in_its_order(
    listed: Database, made: list[Made], sort: str, narrow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ways, plans):
        monkeypatch.setattr(module, "NARROW", narrow)
    for looked_for in filters(list(SORTS).index(sort) + narrow // 2_000):
        if narrow == 0 and looked_for.url is not None:
            continue  # too many to be looked for
        assert pages(listed, looked_for, sort, 50) == expected(made, looked_for, sort), looked_for


@pytest.mark.parametrize("sort", ["newest", "most-faces", "expiring"])
def test_a_walk_that_is_bounded_goes_on_where_it_ended(
    listed: Database, made: list[Made], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ways, plans):
        monkeypatch.setattr(module, "NARROW", 0)
    monkeypatch.setattr(search, "WALKED", 25)
    nothing = Filter(min_faces=9)
    page, looked = search.search(listed, nothing, sort), 0
    while page.next:
        assert page.partial
        page, looked = search.search(listed, nothing, sort, after=page.next), looked + 1
    assert 1 <= looked <= SIZE // 25 + 1
    for looked_for in filters(3)[::5]:
        if looked_for.url is None:
            assert pages(listed, looked_for, sort, 7) == expected(made, looked_for, sort), looked_for


def test_what_is_refused(listed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, message in (
        ({"sort": "prettiest"}, "sort has to be one of newest"),
        ({"size": 0}, "from 1 to 1000"),
        ({"size": 1_001}, "from 1 to 1000"),
        ({"after": "x"}, "begin at its first page"),
        ({"looked_for": Filter(state="gone")}, "state has to be one of"),
    ):
        with pytest.raises(ConfigError, match=message):
            search.search(listed, **arguments)  # type: ignore[arg-type]
    monkeypatch.setattr(ways, "NARROW", 10)
    with pytest.raises(ConfigError, match="write more of it"):
        search.search(listed, Filter(url="https://"))


def test_what_comes_meanwhile_moves_no_page(listed: Database, made: list[Made]) -> None:
    first = search.search(listed, size=10)
    keep(listed, [it for it in make(SIZE + 20) if it.seq > SIZE])
    second = search.search(listed, size=10, after=first.next or "")
    assert [it.id for it in second.records] == expected(made, Filter(), "newest")[10:20]
    back = search.search(listed, size=10, after=second.previous or "")
    assert [it.id for it in back.records] == [it.id for it in first.records]
    assert back.previous is not None  # the new ones
