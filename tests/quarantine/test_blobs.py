"""What a blob store has to do, tried on the folder and on an S3 server alike."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from facegate.quarantine.blobs import Blobs, FileBlobs
from facegate.quarantine.s3 import PART, S3Blobs
from s3_server import BUCKET, CREDENTIALS, S3Server


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture(params=["file", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "file":
        return FileBlobs(tmp_path)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    server: S3Server = request.getfixturevalue("server")
    return S3Blobs(f"s3://{BUCKET}/some/prefix", tmp_path.name, endpoint=server.endpoint)


def test_half_a_file_goes_whatever_ended_it(tmp_path: Path) -> None:
    def torn() -> Iterator[bytes]:
        yield b"head "
        raise MemoryError

    with pytest.raises(MemoryError):
        FileBlobs(tmp_path).put("record-1", torn())  # type: ignore[arg-type]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_put_is_there_until_it_is_removed(blobs: Blobs) -> None:
    assert not blobs.has("record-1")
    assert list(blobs.list()) == []
    blobs.put("record-1", (b"head ", b"body"))
    assert blobs.has("record-1")
    assert blobs.get("record-1") == b"head body"
    (listed,) = blobs.list()
    assert (listed.id, listed.size, listed.whole) == ("record-1", 9, True)
    blobs.remove("record-1")
    assert not blobs.has("record-1")
    for gone in (blobs.get, blobs.remove):
        with pytest.raises(FileNotFoundError):
            gone("record-1")
    assert blobs.healthy


def test_another_of_that_name_is_not_replaced(blobs: Blobs) -> None:
    blobs.put("record-1", (b"first",))
    with pytest.raises(FileExistsError):
        blobs.put("record-1", (b"second",))
    assert blobs.get("record-1") == b"first"
    assert [blob.id for blob in blobs.list()] == ["record-1"]
    assert blobs.healthy


def test_large_ones(blobs: Blobs) -> None:
    large = bytes(range(256)) * (2 * PART // 256) + b"end"
    blobs.put("record-1", (large,))
    assert blobs.get("record-1") == large
    with pytest.raises(FileExistsError):
        blobs.put("record-1", (large + b"!",))
    assert blobs.get("record-1") == large


def test_a_listed_one_is_discarded_by_its_name(blobs: Blobs) -> None:
    for id_ in ("record-1", "record-2"):
        blobs.put(id_, (b"noise",))
    first = next(blob for blob in blobs.list() if blob.id == "record-1")
    blobs.discard(first.name)
    blobs.discard(first.name)
    assert [blob.id for blob in blobs.list()] == ["record-2"]


def test_a_probe_leaves_nothing_that_is_listed(blobs: Blobs) -> None:
    blobs.probe()
    assert list(blobs.list()) == []


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "nowhere")
    with pytest.raises(OSError) as raised:  # noqa: PT011 - the number is the point
        blobs.put("record-1", (b"x",))
    assert raised.value.errno == errno.ENOENT
