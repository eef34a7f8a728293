"""PDF: every stream there is, old revisions and forgotten ones included, and the pages as they are seen.

What stays open: a drawing made of letters on a page that has nothing but text; JBIG2 and other rare pictures of the
same size as one that a page shows; data in the strings of dictionaries, in pieces too small to look compressed.
"""

import io
import re
from collections.abc import Generator, Iterator

import pypdfium2.raw

from facegate_addons.detection.picture import Picture
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Spent, Unread
from facegate_addons.inspection.documents import pdf_images, pdf_pages
from facegate_addons.inspection.documents.packed import packed
from facegate_addons.inspection.documents.pdf_streams import Stream, decoded, streams
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_HEAD = 1_024  # bytes within which readers look for the magic
_LONG_TYPE1 = 512 << 10  # bytes of a Type 1 font, whose outlines are enciphered
_DENSE = 16 << 10
_TYPE3 = re.compile(rb"/Type3\b")


def pdf(source: Source) -> Iterator[Piece]:
    data = source.data
    start = data.find(b"%PDF-", 0, _HEAD + 5)
    if start > 0:
        yield Part(data[:start], "before the document") if start > SLACK else Note(data[:start], "before the document")
    # some writers leave the mark out: then the last object, or where the index stands
    end = max(data.rfind(mark) + len(mark) for mark in (b"%%EOF", b"endobj", b"startxref"))
    behind = data[end:].lstrip(b"\0 \t\r\n0123456789")
    if behind:
        yield Part(behind, "behind the document") if len(behind) > SLACK else Note(behind)
    document = pdf_pages.opened(data)
    try:
        if _locked(document):
            # with no password at all: what it locks is printing and copying
            plain = io.BytesIO()
            document.save(plain, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
            source.budget.decoded(plain.tell())
            data = plain.getvalue()
        pending: set[tuple[int, int]] = set()
        every = yield from _streams(data, source, pending)
        yield from pdf_pages.attachments(document, source.budget)
        yield from pdf_pages.pages(document, source.budget, pending, every=every)
    finally:
        document.close()
    if pending:
        yield Unread(Reason.UNSUPPORTED_TYPE, "pdf image")


def _locked(document: pypdfium2.PdfDocument) -> bool:
    return int(pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document)) >= 0


def _streams(data: bytes, source: Source, pending: set[tuple[int, int]]) -> Generator[Piece, None, bool]:
    """Returns whether some font's letters are drawings."""
    rest, at, drawn = bytearray(), 0, False
    for stream in streams(data, source.budget):
        rest += data[at : stream.start]
        at = stream.end
        raw = data[stream.start : stream.end]
        filters = stream.filters
        try:
            if filters is None:
                raise Unread(Reason.UNDECODABLE, "pdf filter")
            plain, picture = decoded(raw, filters, source.budget)
        except Spent:
            raise
        except Exception as error:  # noqa: BLE001 - what a broken filter raises quotes the file
            yield Note(raw, "stream")
            if raw:
                yield error if isinstance(error, Unread) else Unread(Reason.UNDECODABLE, "pdf stream")
            continue
        drawn = drawn or _TYPE3.search(plain) is not None
        yield from _stream(stream, plain, picture, source, pending)
    told = bytes(rest + data[at:])
    yield Note(told.replace(b"%PDF-", b"%", 1), "dictionaries")  # without its streams it is no document
    if packed(told):
        yield Unread(Reason.UNKNOWN_TYPE, "pdf")
    return drawn or _TYPE3.search(told) is not None


def _stream(
    stream: Stream, plain: bytes, picture: bytes, source: Source, pending: set[tuple[int, int]]
) -> Iterator[Piece]:
    size = stream.number(b"Width"), stream.number(b"Height")
    if picture in (b"DCTDecode", b"JPXDecode"):
        yield Part(plain, "image")
    elif stream.says(b"Subtype", b"Image") or picture:
        yield from _samples(stream, plain, picture, size, source, pending)
    elif stream.says(b"Type", b"EmbeddedFile"):
        yield Part(plain, "attachment")
    elif stream.says(b"Subtype", b"XML"):
        yield Part(plain, "metadata", "text/xml; charset=utf-8")
    else:
        yield Note(plain, "stream")
        letters = plain.startswith(b"%!") and len(plain) < _LONG_TYPE1
        if not letters and packed(plain, _DENSE, 7.9):
            yield Unread(Reason.UNKNOWN_TYPE, "pdf stream")


def _samples(
    stream: Stream, plain: bytes, picture: bytes, size: tuple[int, int], source: Source, pending: set[tuple[int, int]]
) -> Iterator[Piece]:
    """An image of the PDF's own making; what cannot be read here is left to the page that shows it."""
    if -1 in size:
        yield Unread(Reason.UNDECODABLE, "pdf image")
        return
    if min(size) < source.min_face // 2:
        yield Note(plain, "image")
        return
    source.budget.frame(*size)
    if picture == b"CCITTFaxDecode":
        for black in (False, True):
            if tiff := pdf_images.fax(stream, plain, black=black):
                yield Part(tiff, "image")
        return
    rgb = None if picture else pdf_images.pixels(stream, plain)
    if rgb is None:
        yield Note(plain, "image")
        pending.add(size)
    else:
        yield Picture(rgb, where="image")
