"""A little of `make fuzz`, always the same, and the parts of it."""

import pickle
import sys
from random import Random

import pytest
from facegate_addons.domain.model import Clear, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.sniff import sniff
from fuzz import run
from fuzz.child import smaller
from fuzz.covered import Covered
from fuzz.mutate import CHANGES, MOST, mutant
from fuzz.seeds import MADE, Seed, seeds
from fuzz.targets import TARGETS, judged

# target -> how many mutants; the openers share what is left of a few seconds
TRIED = {"sniff": 100, "unwrap": 50, "walk": 40, "text": 30, "redact": 10, "preview": 10, "likeness": 4, "reply": 300}
WIRES = {"link": 50, "config": 30, "job": 30, "model": 30} | dict.fromkeys(
    ("http1-origin", "http1-client", "http2-origin", "http2-client"), 60
)
OPENED = {"pdf": 5, "zip": 20, "png": 10, "mp4": 3, "sqlite": 10, "pickle": 20, "ttf": 10, "mail": 10, "cbor": 30}
CASES = """
fmt-PNG fmt-JPEG,-progressive fmt-GIF doc-PDF,-DCT arc-zip,-deflated vid-MP4,-MPEG-4 arc-SQLite-blob arc-pickle
arc-TrueType,-a-table doc-mail,-base64 enc-gzip doc-SVG,-data:-URI
""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def sound() -> tuple[Seed, ...]:
    return seeds(*CASES)


@pytest.mark.parametrize(("name", "number"), (TRIED | WIRES | OPENED).items())
def test_damage_breaks_nothing(name: str, number: int, sound: tuple[Seed, ...]) -> None:
    target, random = TARGETS[name], Random(name)
    begun = target.seeds(sound) or [seed.body for seed in sound]
    tried = [mutant(random, random.choice(begun), begun) for _ in range(number)]
    assert [(wrong, data[:200]) for data in tried if (wrong := target.broken(data))] == []


def test_each_change_changes_and_a_seed_brings_it_back() -> None:
    whole = bytes(range(256)) + b"Length 100 and 200"
    for change in CHANGES:
        changed = bytearray(whole)
        for number in range(3):
            change(Random(number), changed, [b"other" * 9])
        assert changed != whole
    again = [mutant(Random(7), whole, [whole]) for _ in range(2)]
    assert again[0] == again[1] != whole
    assert all(len(mutant(Random(number), whole * 300, [whole])) <= MOST for number in range(50))


def test_what_was_not_foreseen_is_broken() -> None:
    assert judged(Unreadable(Reason.INSPECTION_FAILED, "KeyError")) == "unforeseen KeyError"
    assert judged(Unreadable(Reason.LIMIT_MEMORY)) == "memory"
    assert judged(Unreadable(Reason.UNDECODABLE)) == judged(Clear("png")) == ""
    assert judged("clear") == "a str is no verdict"  # type: ignore[arg-type]


def test_a_finding_is_made_smaller_and_kept_once(tmp_path) -> None:
    data = bytes(500) + b"X" + bytes(500)
    less = smaller(Random(1), data, "X", lambda data: "X" if b"X" in data else "")
    assert b"X" in less
    assert len(less) < 100
    tally = run.Tally()
    for _ in range(2):
        run.keep_one(tmp_path, "pdf", "X", less, tally)
    assert tally.broken == {"X": 2}
    assert [place.read_bytes() for place in tmp_path.iterdir()] == [less]


def test_a_child_tries_and_counts(monkeypatch, tmp_path, sound) -> None:
    monkeypatch.setattr(run, "OUT", run.Console(quiet=True))
    made = tmp_path / "seeds"
    made.write_bytes(pickle.dumps(sound))
    monkeypatch.setitem(run.AS_A_WORKER, MADE, str(made))
    tally = run.fuzz("reply", 2.0, "1", tmp_path)
    assert tally.tried > 0
    assert tally.lines > 20
    assert tally.broken == {}
    assert run.once("reply", b"{}") == ""


def test_lines_are_heard_of_once() -> None:
    covered = Covered()
    try:
        sniff(b"II*\0" + bytes(50))
        first = covered.lines
        assert first > 0
        sniff(b"II*\0" + bytes(50))
        assert covered.lines == first
    finally:
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
