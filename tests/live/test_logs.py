"""What a gateway says of a request: the same id in its log, the ledger, the answer, its header, and the quarantine."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from facegate.state.database import Database
from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually
from live.withheld import assert_withheld, parse


def written(gateway: Gateway) -> list[str]:
    """The ids of the requests in the ledger."""
    files = sorted((gateway.home / "ledger").glob("gateway-*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines(keepends=True)]
    entries = [json.loads(line)["entry"] for line in lines if line.endswith("\n")]
    return [entry["id"] for entry in entries if entry["event"] == "exchange"]


def seen(gateway: Gateway) -> list[sqlite3.Row]:
    """Of each sighting in the quarantine, its record and its request."""
    with Database.open(gateway.home / "facegate.db") as database:
        return database.read("SELECT id, request FROM sightings s JOIN records r ON r.seq = s.record")


def test_one_id_for_a_request(start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes) -> None:
    page = origin.route("/page", answer(b"<p>hello"))
    face = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    with start_gateway('[log]\nlevel = "info"\n') as gateway:

        def exchanges() -> list[dict[str, Any]]:
            lines = [json.loads(line) for line in gateway.stderr().splitlines()]
            return [line for line in lines if line["event"] == "exchange"]

        passed = parse(raw(gateway.proxy, get(f"{page}?session=SECRET")))
        withheld = assert_withheld(raw(gateway.proxy, get(face)), face_jpeg, 451)
        eventually(lambda: len(exchanges()) == 2, 30, "both are logged")
        eventually(lambda: len(written(gateway)) == 2, 30, "both are written down")
        ids = written(gateway)
        headers = [reply.headers["facegate-request"] for reply in (passed, withheld)]
        assert len(set(ids)) == 2
        assert headers == ids == [line["request"] for line in exchanges()]
        assert withheld.problem["request"] == ids[1]
        first, second = exchanges()
        assert (first["url"], first["action"], first["process"]) == (page, "pass", "gateway-0")
        assert (second["status"], second["reason"], second["record"]) == (451, "faces", withheld.problem["record"])
        assert [tuple(row) for row in seen(gateway)] == [(withheld.problem["record"], ids[1])]
        assert "SECRET" not in gateway.stderr()
