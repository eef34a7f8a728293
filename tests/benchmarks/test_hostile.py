"""`make bench-hostile` in small, on a real gateway; and what it makes of answers written here."""

import base64
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import processes  # noqa: E402
from benchmarks.hostile import attack, measure, overload, site, tables  # noqa: E402
from benchmarks.hostile.attack import Answer  # noqa: E402
from benchmarks.hostile.case import CASES, face  # noqa: E402

FEW = ("HTTP/2 origin: PING", "endless: chunks of one byte")


@pytest.mark.live
@pytest.mark.skipif(not processes.known(), reason="this kernel does not list children in /proc")
def test_what_is_hostile_ends_as_documented_beside_ordinary_work(tmp_path: Path) -> None:
    out = tmp_path / "hostile.json"
    argv = [sys.executable, "-m", "benchmarks.hostile", "--part", "origins", "--json", str(out), "--windows", "1"]
    argv += [word for name in FEW for word in ("--only", name)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert [row["name"] for rows in measured.values() for row in rows] == [name.split(": ")[-1] for name in FEW]
    for row in (row for rows in measured.values() for row in rows):
        assert row["answers"]
        assert 100e6 < row["peak"] < measure.MEMORY
        assert row["p99"] >= row["p50"] > 0
    assert "| PING | `origin-protocol` 502 |" in done.stdout


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 451 x\r\nFacegate-Reason: faces\r\n\r\n{}", Answer(451, "faces", 0.0)),
        (b"HTTP/1.1 200 OK\r\n\r\na page", Answer(200, "clear", 0.0)),
        (b"HTTP/1.1 200 OK\r\n\r\n" + face(), Answer(200, "clear", 0.0, leaked=True)),
        (b"HTTP/1.1 502 x\r\n\r\n" + base64.b64encode(face())[100:900], Answer(502, "none", 0.0, leaked=True)),
        (b"", Answer(0, "none", 0.0)),
    ],
)
def test_answers_are_judged_by_what_the_gateway_says_and_by_what_came(raw: bytes, answer: Answer) -> None:
    assert attack.judge(raw) == answer


def judged(answers: list[Answer], **what: float) -> measure.Row:
    row = measure.Row("group", "name", answers)
    for name, value in what.items():
        setattr(row, name, value)
    measure.judge(row, {"limit-time"}, 20.0)
    return row


def test_each_bound_is_held_against_a_row() -> None:
    good = judged([Answer(451, "limit-time", 1.0), Answer(451, "faces", 2.0)], peak=500_000_000, lag=0.02)
    assert (good.wrong, good.late) == ([], [])
    assert judged([Answer(200, "clear", 1.0)]).wrong == ["ended as clear"]
    assert judged([Answer(451, "faces", 1.0, leaked=True)]).wrong == ["a face came out"]
    assert judged([], peak=measure.MEMORY + 1).wrong == ["memory"]
    assert judged([], lag=0.3).late == ["loop"]
    assert judged([Answer(451, "faces", 900.0)]).late == ["answer"]
    row = measure.Row("group", "name", bad=Counter({"503 overloaded": 2}))
    measure.judge(row, (), 20.0)
    assert row.wrong == ["others: 2 x 503 overloaded"]


def test_the_others_are_compared_with_what_all_rows_say_of_quiet() -> None:
    rows = [
        measure.Row("g", name, p99=p99, quiet=quiet) for name, p99, quiet in (("a", 19, 10), ("b", 21, 9), ("c", 5, 90))
    ]
    measure.others(rows)
    assert [row.late for row in rows] == [[], ["others"], []]
    table = tables.cases(rows, 20.0)
    assert "| b |  | 0 | 0.0 | 0 | 0 | 0 | **21** |  |" in table
    assert "3 ways; 0 over a bound in outcome or memory, 1 in time." in table


def test_each_case_has_a_path_of_its_own_and_reasons_that_are_documented() -> None:
    documented = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    assert len(site.PARTS) == 8
    for path, case in CASES.items():
        assert path == case.path
        assert case.expected
        assert all(f"| `{reason}` |" in documented for reason in case.expected)


def test_what_overload_may_not_come_to() -> None:
    it = overload.Overload(able=9.0, seconds=60.0, asked=5, told=Counter({"200": 1, "503 overloaded": 4}))
    it.refused, it.memory = [0.1, 0.2], [500_000_000] * 60
    overload.judge(it)
    assert (it.wrong, it.late) == ([], [])
    it.past, it.told["broken"], it.refused, it.recovery = 1, 2, [0.1, 2.1], 11.0
    it.memory = [1_000_000 * second for second in range(600, 800)]
    overload.judge(it)
    assert it.wrong == ["1 pictures with a face passed", "ended as broken", "memory grew by 134 MB"]
    assert it.late == ["503", "recovery"]
    assert "| time to a 503, p50, p99, most | 2.10, 2.10, 2.10 s | 2 s |" in overload.table(it)
