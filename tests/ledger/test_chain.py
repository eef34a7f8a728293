import hashlib
import json

import pytest
from facegate.ledger.chain import LINE_MAX, genesis, make_line, parse_line
from hypothesis import given
from hypothesis import strategies as st


def test_a_line_can_be_checked_by_hand() -> None:
    raw, link = make_line(genesis("cli"), {"event": "x"})
    facts = json.loads(raw)
    body = raw[: raw.index(b',"hash"')] + b"}"
    assert facts["hash"] == hashlib.sha256(body).hexdigest() == link.hash
    assert facts["prev"] == hashlib.sha256(b"facegate ledger cli").hexdigest()
    assert (facts["seq"], facts["entry"]) == (1, {"event": "x"})


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.floats(), st.integers(), st.binary(), st.none())))
def test_whatever_is_entered_is_one_line_that_reads_back(entry: dict[str, object]) -> None:
    raw, link = make_line(genesis("cli"), entry)
    assert raw.endswith(b"\n")
    assert raw.count(b"\n") == 1
    line = parse_line(raw[:-1])
    assert line is not None
    assert line.link == link


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_flipped_byte_is_seen(position: int, flip: int) -> None:
    raw = bytearray(make_line(genesis("cli"), {"event": "flow", "url": "https://news.example/"})[0][:-1])
    raw[position % len(raw)] ^= flip
    assert parse_line(bytes(raw)) is None


@given(st.binary(max_size=200))
def test_garbage_is_no_line(raw: bytes) -> None:
    assert parse_line(raw) is None


def test_neither_bodies_nor_credentials_are_kept() -> None:
    raw, _ = make_line(genesis("cli"), {"url": "https://u:hunter2@x/", "more": [b"pixels", {"b": bytearray(3)}]})
    assert b"hunter2" not in raw
    assert json.loads(raw)["entry"] == {"url": "https://x/", "more": ["<6 bytes>", {"b": "<3 bytes>"}]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", "\u2028", {1: 2}])
def test_odd_values(value: object) -> None:
    raw, _ = make_line(genesis("cli"), {"value": value})
    assert raw.isascii()


def entered(value: object) -> object:
    raw, _ = make_line(genesis("cli"), {"value": value})
    assert len(raw) < LINE_MAX + 512
    line = parse_line(raw[:-1])
    assert line is not None
    return line.entry.get("value", line.entry)


def test_a_long_text_is_cut_and_says_so() -> None:
    text = "https://u:hunter2@x/" + "a" * (1 << 20)
    whole = text.replace("u:hunter2@", "")
    cut = entered(text)
    assert cut == f"{whole[:8192]}<cut: {len(whole)} characters, sha256 {hashlib.sha256(whole.encode()).hexdigest()}>"
    assert entered("b" * 8192) == "b" * 8192
    assert "characters, sha256" in str(entered("\ud800" * 9000))


def test_many_things_are_counted_not_kept() -> None:
    assert entered(list(range(10_001)))[-1] == "<10001 items>"  # type: ignore[index]
    assert entered({str(n): n for n in range(10_001)})["cut"] == "<10001 items>"  # type: ignore[index]
    assert entered(10**5000) == "<a number of 16610 bits>"
    assert entered(2**64 - 1) == 2**64 - 1


def test_what_has_no_end_has_one() -> None:
    value: list[object] = []
    value.append(value)
    assert "deeper" in str(entered(value))


def test_a_line_over_the_limit_keeps_who_and_what() -> None:
    big = ["x" * 8000] * 2_000
    raw, link = make_line(genesis("cli"), {"event": "registered", "by": "olaf", "at": "now", "job": 7, "document": big})
    assert len(raw) < 1024
    line = parse_line(raw[:-1])
    assert line is not None
    assert line.link == link
    assert {name: line.entry[name] for name in ("event", "by", "at")} == {
        "event": "registered",
        "by": "olaf",
        "at": "now",
    }
    assert line.entry["cut"]["bytes"] > 16_000_000


def test_the_largest_job_is_kept_whole() -> None:
    document = {"hosts": [f"{'a' * 240}{n}.example" for n in range(1000)], "subjects": ["s" * 64] * 1000}
    assert entered(document) == document
