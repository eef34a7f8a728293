import os
import subprocess
import sys
from pathlib import Path

import pytest
from facegate.errors import FetchError
from facegate.models.part import CHUNK, Part


def unwatched(_done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Part(tmp_path / "weights.onnx", 1_000_000)


def test_a_copy_tells_how_far_it_is(part: Part, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x" * (CHUNK + 1))
    told: list[tuple[int, int | None]] = []
    part.copy(source, lambda done, total: told.append((done, total)))
    assert told == [(CHUNK, CHUNK + 1), (CHUNK + 1, CHUNK + 1)]
    assert part.path.read_bytes() == source.read_bytes()
    assert part.path.stat().st_mode & 0o777 == 0o600


def test_it_goes_on_where_it_is_told_to(part: Part) -> None:
    assert part.size == 0
    part.write(0, [b"one", b"two"], None, unwatched, "x")
    assert part.write(3, [b"three"], None, unwatched, "x") == part.size == 8
    assert part.path.read_bytes() == b"onethree"
    part.write(0, [b"1"], None, unwatched, "x")
    assert part.path.read_bytes() == b"1"


def test_it_stays_when_reading_fails(part: Part) -> None:
    def cut() -> object:
        yield b"some"
        raise TimeoutError

    with pytest.raises(TimeoutError):
        part.write(0, cut(), None, unwatched, "x")  # type: ignore[arg-type]
    assert part.path.read_bytes() == b"some"


def test_more_than_may_come_is_discarded(part: Part, tmp_path: Path) -> None:
    part.etag = '"v1"'
    with pytest.raises(FetchError, match=r"^x: has 1000001 bytes or more; at most 1000000 are taken$"):
        part.write(0, [b"x" * 1_000_000, b"x"], None, unwatched, "x")
    assert list(tmp_path.iterdir()) == []
    large = tmp_path / "large"
    large.touch()
    os.truncate(large, 1 << 40)
    with pytest.raises(FetchError, match="at most 1000000"):
        part.copy(large, unwatched)


def test_the_etag_is_kept_beside_it(part: Part, tmp_path: Path) -> None:
    assert part.etag == ""
    part.etag = '"v1"'
    assert Part(part.path, 1).etag == '"v1"'
    part.forget()
    assert part.etag == ""


def test_what_is_no_file(part: Part, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for source, says in (
        (tmp_path / "pipe", "is not a file"),
        (tmp_path, "is not a file"),
        (tmp_path / "no", "No such"),
    ):
        with pytest.raises(FetchError, match=says):
            part.copy(source, unwatched)
    part.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FetchError, match="cannot be written"):
        part.write(0, [b"x"], None, unwatched, "x")
    assert not (tmp_path / "elsewhere").exists()


FULL = """
import resource, sys
from pathlib import Path
from facegate.errors import FetchError
from facegate.models.part import Part
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Part(Path(sys.argv[1]), 1_000_000).write(0, [b"x" * 60_000] * 3, None, lambda done, total: None, "x")
except FetchError as error:
    print(error)
"""


def test_a_disk_that_is_full_keeps_what_came(part: Part) -> None:
    """A process that may write no longer files stands for it: the system answers a write in the same two ways."""
    said = subprocess.run([sys.executable, "-c", FULL, part.path], capture_output=True, text=True, check=True).stdout
    assert (
        said
        == f"{part.path}: cannot be written (File too large); make room, then run the same again to go on from there\n"
    )
    assert part.size == 100_000
