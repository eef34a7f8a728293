import os

from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Part
from facegate_addons.inspection.programs.bulk import LITTLE, bulk, named


def test_dense_bytes_in_a_row_have_to_be_named() -> None:
    noise = os.urandom(LITTLE)
    note, unread = bulk(noise, "here", LITTLE)
    assert note == Note(noise, "here")
    assert isinstance(unread, Unread)
    assert list(bulk(noise[1:], "here", LITTLE)) == [Note(noise[1:], "here")]


def test_what_has_a_name() -> None:
    assert list(named(b"short", "here", LITTLE, known=False)) == [Note(b"short", "here")]
    words, table = b"words " * 99, b"\0\1\2\3\xff" * 99
    assert list(named(words, "here", LITTLE, known=True)) == [Part(words, "here")]
    assert list(named(table, "here", LITTLE, known=True)) == [Note(table, "here")]
    assert list(named(table, "here", LITTLE, known=False)) == [Part(table, "here")]
