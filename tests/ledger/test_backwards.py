"""Lines from the end on: the same ones that are there, whatever the blocks they are read in."""

import json
from pathlib import Path

import pytest
from facegate.ledger import backwards as module
from facegate.ledger.backwards import backwards, before_seq, until
from facegate.ledger.chain import genesis, make_line, parse_line


def written(folder: Path, name: str = "cli", count: int = 50, width: int = 40, first: int = 1) -> list[bytes]:
    """Lines of different lengths, one a second."""
    link, lines = genesis(name), []
    for number in range(first, first + count):
        at = f"2026-05-01T12:{number // 60:02}:{number % 60:02}.000000+00:00"
        line, link = make_line(link, {"at": at, "event": "test", "text": "x" * (number * 7 % width)})
        lines.append(line[:-1])
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    return lines


@pytest.mark.parametrize("block", [1, 7, 64, 300, 1 << 18])
def test_every_line_the_last_one_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(module, "_BLOCK", block)
    lines = written(tmp_path)
    found = list(backwards(tmp_path, "cli"))
    assert [line.raw for line in found] == lines[::-1]
    data = (tmp_path / "cli.jsonl").read_bytes()
    assert all(data[line.offset :].startswith(line.raw) for line in found)


@pytest.mark.parametrize("block", [1, 64, 300, 2_000, 1 << 18])
def test_lines_without_a_mark_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(module, "_BLOCK", block)
    lines = written(tmp_path)
    marks = [(b'"seq":7,', b'"seq":31,'), (b'"event":"test"',)]
    found = list(backwards(tmp_path, "cli", None, marks))
    assert [line.seq for line in found if not line.passed] == [31, 7]
    assert [line.seq for line in found] == sorted({line.seq for line in found}, reverse=True)
    assert found[-1].seq == 1
    assert sum(line.covers for line in found) >= sum(map(len, lines))
    (rest,) = [line for line in backwards(tmp_path, "cli", before_seq(31), marks) if not line.passed]
    assert rest.raw == lines[6]


@pytest.mark.parametrize("block", [16, 300, 1 << 18])
def test_from_a_number_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(module, "_BLOCK", block)
    written(tmp_path)
    for seq in range(52):
        assert [line.seq for line in backwards(tmp_path, "cli", before_seq(seq))] == list(
            range(min(seq - 1, 50), 0, -1)
        )


@pytest.mark.parametrize("block", [16, 300, 1 << 18])
def test_from_a_time_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(module, "_BLOCK", block)
    written(tmp_path)
    first = [line.seq for line in backwards(tmp_path, "cli", until("2026-05-01T12:00:30.5"))]
    assert first == list(range(30, 0, -1))
    assert not list(backwards(tmp_path, "cli", until("2026-01")))


def test_files_that_were_closed_come_before_the_current_one(tmp_path: Path):
    lines = written(tmp_path, count=9)
    (tmp_path / "cli.jsonl").unlink()
    for name, part in (("cli.000000000003", lines[:3]), ("cli.000000000006", lines[3:6]), ("cli", lines[6:])):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(part) + b"\n")
    written(tmp_path, "cli-2", count=1)
    assert [line.seq for line in backwards(tmp_path, "cli")] == list(range(9, 0, -1))
    for seq in range(1, 11):
        assert [line.seq for line in backwards(tmp_path, "cli", before_seq(seq))] == list(range(seq - 1, 0, -1))


def test_while_its_writer_closes_a_file(tmp_path: Path):
    """The closed one is a link to the current one for a moment."""
    written(tmp_path, count=5)
    (tmp_path / "cli.000000000005.jsonl").hardlink_to(tmp_path / "cli.jsonl")
    assert [line.seq for line in backwards(tmp_path, "cli")] == [5, 4, 3, 2, 1]
    (tmp_path / "cli.jsonl").unlink()
    assert [line.seq for line in backwards(tmp_path, "cli")] == [5, 4, 3, 2, 1]


def test_what_cannot_be_read_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lines = written(tmp_path, count=3)
    torn = b"\x00" * 300
    (tmp_path / "cli.jsonl").write_bytes(lines[0] + b"\n" + torn + b"\n" + lines[1] + b"\n\n" + lines[2][:40])
    found = list(backwards(tmp_path, "cli"))
    assert [(line.seq, len(line.raw)) for line in found] == [(0, 40), (2, len(lines[1])), (0, 300), (1, len(lines[0]))]
    assert [line.seq for line in backwards(tmp_path, "cli", before_seq(2))] == [0, 1]
    monkeypatch.setattr(module, "_BLOCK", 16)
    monkeypatch.setattr(module, "_LONGEST", 100)
    assert b"".join(line.raw for line in backwards(tmp_path, "cli")).count(b"\x00") == 300


def test_a_file_that_is_empty_or_gone(tmp_path: Path):
    (tmp_path / "cli.jsonl").touch()
    assert list(backwards(tmp_path, "cli")) == []
    assert list(backwards(tmp_path, "ghost")) == []


def test_a_text_makes_no_other_time_or_number(tmp_path: Path):
    link = genesis("cli")
    hostile = '","at":"1999-01-01T00:00:00","seq":9,"hash":"' + "0" * 64 + '"}'
    line, _ = make_line(link, {"at": "2026-05-01T00:00:00+00:00", "event": "x", "text": hostile, "b": {"at": hostile}})
    (tmp_path / "cli.jsonl").write_bytes(line)
    (found,) = backwards(tmp_path, "cli")
    assert (found.seq, found.at) == (1, "2026-05-01T00:00:00+00:00")
    parsed = parse_line(found.raw)
    assert parsed is not None
    assert json.dumps(parsed.entry["text"]) == json.dumps(hostile)
