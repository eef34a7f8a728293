from datetime import UTC, datetime
from typing import Any

import pytest
from facegate.console.filters import ORDERS, asked_for
from facegate.console.site import Site
from facegate.quarantine.filters import Filter
from facegate.quarantine.plans import SORTS
from starlette.exceptions import HTTPException
from starlette.requests import Request


def asked(query: str) -> Any:
    site = Site.__new__(Site)  # its `query` needs nothing of it
    return asked_for(site, Request({"type": "http", "query_string": query.encode(), "headers": []}))


def test_without_a_word_the_open_ones() -> None:
    found = asked("")
    assert (found.filter, found.sort, found.narrowed) == (Filter(state="open"), "newest", False)
    assert not asked("sort=oldest").narrowed


def test_all_that_can_be_asked_for() -> None:
    found = asked("state=any&job=a&host=*.b.example&reason=faces&digest=0123abcd&url=https://b.example/&held=yes&request=0b5c"
                  "&since=2026-01-31&until=2026-02-01T06:30")  # fmt: skip
    assert found.filter == Filter(
        job="a",
        host="*.b.example",
        reason="faces",
        digest="0123abcd",
        url="https://b.example/",
        held=True,
        request="0b5c",
        since=datetime(2026, 1, 31, tzinfo=UTC),
        until=datetime(2026, 2, 1, 6, 30, tzinfo=UTC),
    )
    assert found.narrowed
    assert found.more
    assert found.query["host"] == "*.b.example"


def test_every_order_has_a_name() -> None:
    assert [name for name, _ in ORDERS] == list(SORTS)
    assert all(name != text for name, text in ORDERS)


@pytest.mark.parametrize("query", ["state=nonsense", "sort=random", "since=yesterday", "until=99", f"job={'a' * 3000}"])
def test_what_makes_no_sense_is_400(query: str) -> None:
    with pytest.raises(HTTPException) as refused:
        asked(query)
    assert refused.value.status_code == 400
