"""Type 1 fonts: PostScript text, outlines under a published cipher, a trailer of zeros. And bare compact outlines."""

from collections.abc import Iterator

from fontTools.misc.eexec import decrypt

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents import outlines
from facegate_addons.inspection.documents.packed import packed
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_KEY = 55_665
_LARGE = 1 << 20  # bytes of outlines; Latin fonts have a tenth


def pfb(source: Source) -> Iterator[Piece]:
    data, at = source.data, 0
    if data[:1] != b"\x80":
        raise Unread(Reason.UNSUPPORTED_TYPE, "postscript")
    while data[at : at + 1] == b"\x80" and data[at + 1] in (1, 2):
        kind, size = data[at + 1], int.from_bytes(data[at + 2 : at + 6], "little")
        body = data[at + 6 : at + 6 + size]
        if len(body) < size or size > _LARGE:
            raise Unread(Reason.UNDECODABLE, "pfb")
        if kind == 1:
            yield Part(body, "font text", "text/plain") if not body.startswith(b"%!") else Note(body, "font text")
        else:
            source.budget.decoded(size)
            plain, _ = decrypt(body, _KEY)
            if b"/Private" not in plain[:256] or b"/CharStrings" not in plain:
                raise Unread(Reason.UNDECODABLE, "pfb")
            yield Note(plain[4:], "font outlines")
        at += 6 + size
    if data[at : at + 2] != b"\x80\3":
        raise Unread(Reason.UNDECODABLE, "pfb")
    if data[at + 2 :]:
        yield Part(data[at + 2 :], "behind the font")


def cff(source: Source) -> Iterator[Piece]:
    outlines.cff(source.data, "CFF ")
    yield Note(source.data, "font")
    if packed(source.data):
        yield Unread(Reason.UNKNOWN_TYPE)
