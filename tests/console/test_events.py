import json
from collections.abc import Iterator
from typing import Any

import httpx
from console.browsing import Browser
from facegate.console.live import FACTS


def events(answer: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_they_come_until_the_session_ends(rita: Browser, three_records: None) -> None:
    with rita.client.stream("GET", "/events", headers={"Accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        told = events(answer)
        first = dict(next(told) for _ in FACTS)
        assert first.keys() == FACTS.keys()
        assert first["queue"]["open"] == 3
        assert rita.post("/logout").status_code == 303
        assert [name for name, _ in told][-1] == "end"


def test_without_a_session_there_are_none(stranger: Browser) -> None:
    assert stranger.get("/events", headers={"Accept": "text/event-stream"}).status_code == 401
