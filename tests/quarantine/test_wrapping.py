from pathlib import Path

import pytest
from facegate.errors import HomeError, StateError
from facegate.quarantine.wrapping import destroy_key, key_digest, key_from_file, key_id, make_key, unwrap, wrap

KEY = bytes(range(32))


def test_a_wrapped_key_is_bound_to_its_record_and_its_master() -> None:
    wrapped = wrap(KEY, "record-1", b"k" * 32)
    assert unwrap(KEY, "record-1", wrapped) == b"k" * 32
    assert wrap(KEY, "record-1", b"k" * 32) != wrapped
    for master, record, given in (
        (bytes(32), "record-1", wrapped),
        (KEY, "record-2", wrapped),
        (KEY, "record-1", wrapped[:-1] + bytes([wrapped[-1] ^ 1])),
        (KEY, "record-1", b""),
    ):
        with pytest.raises(StateError, match="cannot be opened"):
            unwrap(master, record, given)


def test_an_id_tells_keys_apart_and_has_nothing_of_them() -> None:
    assert key_id(KEY) == key_digest(KEY)[:16] != key_id(bytes(32))
    assert KEY.hex()[:16] not in key_digest(KEY)


def test_a_key_is_made_once_and_destroyed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key(path)
    key, text = key_from_file(path), path.read_bytes()
    make_key(path)
    assert key_from_file(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").hardlink_to(path)
    destroy_key(path)
    assert not path.exists()
    assert (tmp_path / "link").read_bytes() == bytes(len(text))  # overwritten, not only unlinked
    with pytest.raises(HomeError, match="cannot be destroyed"):
        destroy_key(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link"]
