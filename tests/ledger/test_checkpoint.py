import json

import pytest
from facegate.ledger.chain import Link
from facegate.ledger.checkpoint import Checkpoint, known_by, parse
from facegate.ledger.position import Position
from facegate.ledger.verify import Archived
from hypothesis import given
from hypothesis import strategies as st

ONE = Checkpoint(
    7, "ab" * 32, "2026-01-01T00:00:00+00:00", "asked", "cd" * 32,
    {"gateway-0": Position(9, "ef" * 32, 4, 900), "cli": Position(0, "00" * 32, 0, 0)},
    {"gateway-0": Archived(Link(5, "aa" * 32), "then", "os:root", "/mnt/…")},
    ("cli.jsonl:3: was altered",),
)  # fmt: skip


def test_it_reads_back_and_is_ascii_that_a_person_can_read() -> None:
    raw = ONE.to_bytes()
    assert parse(raw) == ONE
    assert raw.isascii()
    assert raw.endswith(b"}\n")
    assert raw.count(b"\n") > 10


@pytest.mark.parametrize("change", [{"type": "x"}, {"number": "x"}, {"ledgers": [{}]}, {"archived": 3}, {"bad": None}])
def test_what_is_none(change: dict[str, object]) -> None:
    assert parse(json.dumps({**json.loads(ONE.to_bytes()), **change}).encode()) is None


@given(st.binary(max_size=300))
def test_garbage_is_none(raw: bytes) -> None:
    assert parse(raw) is None


def test_what_they_say_together() -> None:
    later = Checkpoint(8, "", "", "", "", {"gateway-0": Position(9, "ba" * 32, 4, 900)}, {})
    known = known_by({"checkpoint 7": ONE, "checkpoint 8": later})
    assert known.marks == {"gateway-0": {9: {"ef" * 32: "checkpoint 7", "ba" * 32: "checkpoint 8"}}}
    assert known.archived == ONE.archived
