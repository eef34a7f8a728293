"""Two storages as one: nothing that is in either of them is missed, whatever happens to the other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from facegate.quarantine.blobs import FileBlobs
from facegate.quarantine.either import Either


class Away(FileBlobs):
    """A folder whose storage does not answer."""

    def _path(self, _id: str) -> Path:
        raise OSError(5, "the storage cannot be reached")


@pytest.fixture
def either(tmp_path: Path) -> Either:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
    return Either(FileBlobs(tmp_path / "new"), FileBlobs(tmp_path / "old"))


def test_written_to_the_new_one_found_in_either(either: Either) -> None:
    either.old.put("record-1", (b"before",))
    either.put("record-2", (b"now",))
    assert (either.get("record-1"), either.get("record-2")) == (b"before", b"now")
    assert either.has("record-1")
    assert either.has("record-2")
    assert not either.has("record-3")
    assert not either.old.has("record-2")
    with pytest.raises(FileNotFoundError):
        either.get("record-3")


def test_what_moves_between_two_looks_is_found(either: Either, monkeypatch: pytest.MonkeyPatch) -> None:
    either.old.put("record-1", (b"body",))
    look = either.old.get

    def moved(id_: str) -> bytes:
        either.new.put(id_, (look(id_),))
        either.old.remove(id_)
        return look(id_)

    monkeypatch.setattr(either.old, "get", moved)
    assert either.get("record-1") == b"body"


def test_removed_from_both_and_withdrawn_from_the_new_one(either: Either) -> None:
    for blobs in (either.old, either.new):
        blobs.put("record-1", (b"body",))
    either.withdraw("record-1")
    assert either.old.has("record-1")
    either.new.put("record-1", (b"body",))
    either.remove("record-1")
    assert not either.has("record-1")
    with pytest.raises(FileNotFoundError):
        either.remove("record-1")


def test_listed_from_both_and_discarded_by_name(either: Either) -> None:
    either.old.put("record-1", (b"old",))
    either.new.put("record-1", (b"newer",))
    assert sorted((blob.id, blob.size) for blob in either.list()) == [("record-1", 3), ("record-1", 5)]
    for blob in list(either.list()):
        if blob.size == 3:
            either.discard(blob.name)
    assert (either.old.has("record-1"), either.new.has("record-1")) == (False, True)


@pytest.mark.parametrize("away", ["new", "old"])
def test_where_one_is_away_the_other_is_read(tmp_path: Path, away: str) -> None:
    here, gone = FileBlobs(tmp_path), Away(tmp_path)
    here.put("record-1", (b"body",))
    either = Either(gone, here) if away == "new" else Either(here, gone)
    assert either.get("record-1") == b"body"
    reads: list[Callable[[str], object]] = [either.get, either.has, either.remove]
    for read in reads:  # not "is not there": nobody can know
        with pytest.raises(OSError, match="cannot be reached"):
            read("record-2")
    assert here.has("record-1")
