import json
import re

import pytest
from facegate.ledger.syslog import DATAGRAM_MAX, framed, host_name, message
from hypothesis import given
from hypothesis import strategies as st

ENTRY = {"ledger": "gateway-0", "seq": 7, "hash": "ab", "at": "2026-03-01T12:00:00.123456+00:00", "event": "exchange",
         "action": "pass", "job": 'a"b]c\\d', "line": 3}  # fmt: skip
GRAMMAR = re.compile(
    rb'<\d{1,3}>1 (?:-|[0-9T:.+Z-]+) [!-~]{1,255} facegate [!-~]{1,128} [!-~]{1,32} '
    rb'\[facegate@32473(?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*\] (\{.*\})',
    re.DOTALL,
)  # fmt: skip


def test_a_message_is_what_the_standard_says() -> None:
    found = message(ENTRY, "host.example")
    assert found.startswith(
        b"<134>1 2026-03-01T12:00:00.123456+00:00 host.example facegate gateway-0 exchange [facegate@"
    )
    assert b'seq="7" hash="ab" line="3" job="a\\"b\\]c\\\\d"] {' in found
    matched = GRAMMAR.fullmatch(found)
    assert matched
    assert json.loads(matched[1]) == ENTRY


def test_weight() -> None:
    assert message({"event": "ledger-damage-found"}, "h").startswith(b"<130>1 - h facegate - ledger-damage-found ")
    assert message({"damaged": True, "ledger": "cli", "line": 2}, "h").startswith(b"<130>1 - h facegate cli ")


@given(st.dictionaries(st.sampled_from(["ledger", "at", "event", "job", "record", "url", "seq"]), st.text()), st.text())
def test_whatever_stands_in_it_is_one_message(entry: dict[str, str], host: str) -> None:
    found = message(entry, host)
    assert GRAMMAR.fullmatch(found), found
    assert b"\n" not in found


def test_a_datagram_keeps_its_head_when_it_is_too_long() -> None:
    long = {**ENTRY, "url": "x" * 20_000}
    assert len(message(long, "h")) > 20_000
    cut = message(long, "h", DATAGRAM_MAX)
    assert len(cut) < 1_000
    assert b'seq="7" hash="ab"' in cut
    assert cut.endswith(b"}")
    assert message(ENTRY, "h", DATAGRAM_MAX) == message(ENTRY, "h")


def test_a_frame_has_its_length_in_front() -> None:
    assert framed(b"<134>1 x") == b"8 <134>1 x"
    assert host_name()


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+00:00\n<0>1"]
)
def test_what_is_no_time_is_none(at: str) -> None:
    assert message({**ENTRY, "at": at}, "h").startswith(b"<134>1 - h ")
