import hashlib
import io
import random

import pytest
from facegate.ledger.chain import Link, genesis, make_line
from facegate.ledger.scan import Scanned, scan
from hypothesis import given, settings
from hypothesis import strategies as st

START = genesis("cli")


def chain(*entries: dict[str, object], after: Link = START) -> tuple[list[bytes], Link]:
    lines, link = [], after
    for entry in entries:
        line, link = make_line(link, entry)
        lines.append(line)
    return lines, link


def scanned(data: bytes, after: Link | None = START, **options: object) -> Scanned:
    return scan(io.BytesIO(data), after, options.pop("marks", {}), **options)  # type: ignore[arg-type]


LINES, END = chain(*({"event": "exchange", "n": n, "url": 'https://x/?"event":"ledger-lost"'} for n in range(20)))
WHOLE = b"".join(LINES)


def test_whole() -> None:
    found = scanned(WHOLE)
    assert (found.bad_line, found.lines, found.link, found.offset) == (None, 20, END, len(WHOLE))


@given(st.integers(0, len(WHOLE) - 2), st.integers(1, 255))
def test_any_flipped_byte_is_found_in_its_line(position: int, flip: int) -> None:
    raw = bytearray(WHOLE)
    raw[position] ^= flip
    line = WHOLE.count(b"\n", 0, position) + 1
    assert scanned(bytes(raw)).bad_line == line


@given(st.integers(0, 20), st.integers(0, 20))
def test_any_removed_lines_are_found_but_at_the_end(first: int, last: int) -> None:
    first, last = sorted((first, last))
    found = scanned(b"".join(LINES[:first] + LINES[last:]))
    assert found.bad_line == (first + 1 if first < last < 20 else None)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 20), st.booleans())
def test_garbage_between_lines_is_found_and_nothing_raises(garbage: bytes, at: int, alone: bool) -> None:
    data = garbage if alone else b"".join([*LINES[:at], garbage, *LINES[at:]])
    found = scanned(data)
    if garbage:
        assert found.bad_line is not None
        assert found.bad_line == (1 if alone else at + 1)
    assert scanned(data, None).lines >= 0


def test_a_torn_line_is_passed_by_its_closer_alone() -> None:
    torn = LINES[5][:50]
    note = {"event": "ledger-torn", "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
    before, link = chain({"n": 1}, {"n": 2})
    after, _ = chain(note, {"n": 3}, after=link)
    found = scanned(b"".join([*before, torn, b"\n", *after]))
    assert (found.bad_line, found.lines) == (None, 5)
    assert "cut off by a crash" in found.notes[0]
    for wrong in ({"bytes": len(torn) - 1}, {"sha256": "0" * 64}, {"bytes": "x"}, {"bytes": -1}, {"bytes": 1 << 60}):
        after, _ = chain({**note, **wrong}, {"n": 3}, after=link)
        assert scanned(b"".join([*before, torn, b"\n", *after])).bad_line == 3


def test_marks_are_held_against_the_lines() -> None:
    _, link = chain(*({"event": "exchange", "n": n, "url": 'https://x/?"event":"ledger-lost"'} for n in range(7)))
    assert scanned(WHOLE, marks={7: {link.hash: "checkpoint 3"}}).bad_line is None
    found = scanned(WHOLE, marks={7: {link.hash: "the head", "0" * 64: "checkpoint 3"}})
    assert (found.bad_line, found.problem) == (7, "is not the line that checkpoint 3 tells of")


def test_it_goes_on_from_where_it_was() -> None:
    first = scanned(b"".join(LINES[:12]))
    found = scanned(WHOLE, first.link, offset=first.offset, number=first.lines)
    assert (found.bad_line, found.lines, found.link) == (None, 20, END)


def test_what_is_being_written_is_not_looked_at() -> None:
    data = WHOLE[:-10]
    assert scanned(data, being_written=True).lines == 19
    assert scanned(data).bad_line == 20


def test_notes_are_bounded() -> None:
    lines, _ = chain(*({"event": "ledger-dropped", "lines": 1} for _ in range(300)))
    assert len(scanned(b"".join(lines)).notes) == 100


@pytest.mark.parametrize("seed", range(3))
def test_lines_in_another_order_are_found(seed: int) -> None:
    lines = LINES[:]
    random.Random(seed).shuffle(lines)
    first = next(n for n in range(20) if lines[n] != LINES[n])
    assert scanned(b"".join(lines)).bad_line == first + 1
