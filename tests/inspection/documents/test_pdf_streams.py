import base64
import zlib

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.pdf_streams import decoded, streams


def budget() -> Budget:
    return Budget(Limits())


def bodies(data: bytes) -> list[bytes]:
    return [data[found.start : found.end] for found in streams(data, budget())]


def test_streams_are_found_whatever_the_index_says() -> None:
    two = b"1 0 obj <</Length 3>>stream\nabc\nendstream endobj 2 0 obj<< >>\nstream\r\nxy\r\nendstream"
    assert bodies(two) == [b"abc", b"xy"]
    # a length that lies counts for nothing, one that fits carries the word itself
    assert bodies(b"<</Length 99>>stream\nabc\nendstream") == [b"abc"]
    assert bodies(b"<</Length 15>>stream\nab endstream cd\nendstream") == [b"ab endstream cd"]
    assert bodies(b"<</Length 3>>stream\nabc") == [b"abc"]


def test_dictionaries() -> None:
    (found,) = streams(
        b"obj<</Width 7 /H#65ight 8 0 R/Sub#74ype /Image/Filter[/Fl/A85]>>stream\nx\nendstream", budget()
    )
    assert (found.number(b"Width"), found.number(b"Height"), found.number(b"None", 5)) == (7, -1, 5)
    assert found.says(b"Subtype", b"Image")
    assert found.filters == [b"FlateDecode", b"ASCII85Decode"]


def test_filters() -> None:
    plain = b"words and words and words" * 9
    assert decoded(zlib.compress(plain), [b"FlateDecode"], budget()) == (plain, b"")
    assert decoded(zlib.compress(plain)[:-6], [b"FlateDecode"], budget())[0]
    assert decoded(plain.hex().encode() + b">", [b"ASCIIHexDecode"], budget()) == (plain, b"")
    assert decoded(base64.a85encode(plain) + b"~>", [b"ASCII85Decode"], budget()) == (plain, b"")
    assert decoded(b"\x02abc\xfed\x80rest", [b"RunLengthDecode"], budget()) == (b"abcddd", b"")
    # the example of the specification
    assert decoded(bytes.fromhex("800B6050220C0C8501"), [b"LZWDecode"], budget()) == (b"-----A---B", b"")
    assert decoded(b"x", [b"DCTDecode"], budget()) == (b"x", b"DCTDecode")
    with pytest.raises(Unread):
        decoded(b"x", [b"Crypt"], budget())
