import json
import re
from pathlib import Path

import pytest
from facegate.ledger.ecs import as_ecs

EXCHANGE = {
    "ledger": "gateway-0", "ledger_file": "gateway-0.jsonl", "line": 3, "seq": 7, "hash": "ab" * 32,
    "at": "2026-03-01T12:00:00+00:00", "event": "exchange", "method": "GET", "url": "https://News.example/a?b=1",
    "status": 451, "action": "quarantine", "reason": "faces", "job": "crawl", "size": 9, "digest": "cd" * 32, "ms": 12,
}  # fmt: skip


def test_an_exchange() -> None:
    found = as_ecs(EXCHANGE)
    assert found["@timestamp"] == EXCHANGE["at"]
    event = found["event"]
    assert (event["kind"], event["category"], event["type"]) == ("event", ["network", "web"], ["access", "denied"])
    assert (event["outcome"], event["reason"], event["duration"]) == ("failure", "faces", 12_000_000)
    assert (event["sequence"], event["id"]) == (7, "ab" * 32)
    assert found["url"] == {"original": "https://News.example/a?b=1", "domain": "news.example"}
    assert found["http"]["response"] == {"status_code": 451, "body": {"bytes": 9}}
    assert found["file"]["hash"]["sha256"] == "cd" * 32
    assert found["facegate"]["job"] == "crawl"
    assert as_ecs({**EXCHANGE, "action": "pass"})["event"]["type"] == ["access", "allowed"]


@pytest.mark.parametrize(
    ("entry", "kind", "category", "types", "outcome"),
    [
        ({"event": "console-refused", "from": "::1"}, "alert", "authentication", ["start"], "failure"),
        ({"event": "console-entered", "user": "rita"}, "event", "authentication", ["start"], "success"),
        ({"event": "user-added", "user": "rita", "by": "os:root"}, "event", "iam", ["user", "creation"], "success"),
        ({"event": "user-removed", "user": "rita"}, "event", "iam", ["user", "deletion"], "success"),
        ({"event": "approved", "job": "x"}, "event", "configuration", ["change"], "success"),
        ({"event": "job-file-refused"}, "alert", "configuration", ["change"], "failure"),
        ({"event": "ledger-damage-found", "what": "x:3"}, "alert", "intrusion_detection", ["info"], "failure"),
        ({"event": "exported", "by": "rita"}, "event", "file", ["info"], "success"),
        ({"damaged": True, "ledger_file": "x", "line": 2}, "alert", "intrusion_detection", ["info"], "failure"),
    ],
)
def test_others(entry: dict[str, object], kind: str, category: str, types: list[str], outcome: str) -> None:
    found = as_ecs(entry)
    event = found["event"]
    assert (event["kind"], event["category"], event["type"], event["outcome"]) == (kind, [category], types, outcome)
    json.dumps(found)


def test_who_did_it_and_to_whom() -> None:
    assert as_ecs({"event": "user-role", "user": "rita", "by": "os:root"})["user"] == {
        "name": "os:root", "target": {"name": "rita"}
    }  # fmt: skip
    assert as_ecs({"event": "console-refused", "from": "10.0.0.1"})["source"] == {"address": "10.0.0.1"}


def test_every_field_is_in_the_documentation() -> None:
    def fields(value: object, prefix: str = "") -> set[str]:
        if not isinstance(value, dict) or prefix == "facegate.":
            return {prefix.rstrip(".")}
        return {field for name, item in value.items() for field in fields(item, f"{prefix}{name}.")}

    page = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text()
    documented = set(re.findall(r"`([@a-z0-9_.]+)`", page))
    used = fields(as_ecs(EXCHANGE)) | fields(as_ecs({"event": "user-role", "user": "r", "by": "o", "from": "::1"}))
    assert used <= documented
