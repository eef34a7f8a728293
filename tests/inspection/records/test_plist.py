import datetime
import os
import plistlib
import uuid
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
TOLD = {
    "name": "Größe",
    "text": "λόγια",
    "list": [1, 2.5, 2**40, -1, True, None or False],
    "when": datetime.datetime(2020, 1, 2, tzinfo=None),
    "id": plistlib.UID(7),
    "long": "words of a text " * 90,
    "many": {f"key {number}": uuid.UUID(int=number).hex for number in range(300)},
    "data": b"a note",
}


def plist(**more: object) -> bytes:
    return plistlib.dumps(TOLD | more, fmt=plistlib.FMT_BINARY)


def test_lists_are_clear(look: Look) -> None:
    assert look(plist()) == Clear("plist")
    assert look(plist() + b"\n") == Clear("plist")


def test_what_hides_in_them(look: Look, face_jpeg: bytes) -> None:
    noise = os.urandom(2_000)
    assert isinstance(look(plist(more=face_jpeg)), Faces)
    assert isinstance(look(plist(more=face_jpeg.hex())), Faces)
    assert isinstance(look(plist(more=noise)), Unreadable)
    whole = plist()
    table = int.from_bytes(whole[-8:])
    shifted = whole[:table] + noise + whole[table:-8] + (table + len(noise)).to_bytes(8)
    assert isinstance(look(shifted), Unreadable)
    assert isinstance(look(whole + noise), Unreadable)
    assert isinstance(look(whole[:-40]), Unreadable)


def test_what_the_finder_keeps(look: Look, face_jpeg: bytes) -> None:
    kept = b"\0\0\0\1Bud1\0\0\x10\0\0\0\x08\0" + bytes(4_000) + "folder".encode("utf-16-be") * 9
    assert look(kept) == Clear("folder")
    assert isinstance(look(kept + face_jpeg), Faces)
    assert isinstance(look(kept + os.urandom(9_000)), Unreadable)
