"""OLE compound files: Office before 2007, messages of Outlook, thumbnails of Windows. Streams in a file of sectors.

What stays open: data among the records of a document that is neither dense nor a known picture.
"""

import io
import re
from collections.abc import Iterator

import olefile

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import inside
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents import blips
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, bulk

_KNOWN = re.compile(
    r"WordDocument|[01]Table|Data|Workbook|Book|PowerPoint Document|Current User|Pictures|Equation Native|"
    r"[\x01-\x06].{0,40}|dir|PROJECT(wm|lk)?|_VBA_PROJECT|__SRP_\d+|f|o|VBFrame|Catalog|"
    r"__(properties|nameid)_version1\.0|__substg1\.0_[0-9A-F]{4}(001E|001F|0003|0048|1003|101F|101E|1102|0102)",
    re.DOTALL,
)
# what a message carries: attachments, HTML; its compressed text
_ATTACHED = ("__substg1.0_37010102", "__substg1.0_10130102", "CONTENTS", "Package", "\x01Ole10Native")
_SQUEEZED = "__substg1.0_10090102"
_HEAD = 64  # bytes before the picture in a cache of thumbnails


def ole(source: Source) -> Iterator[Piece]:
    data = source.data
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL) as file:
        yield Note(data, "document")
        size = 1 << int.from_bytes(data[30:32], "little")
        sectors = len(file.fat)
        behind = data[size * (1 + sectors) :]
        if len(behind) > size:
            yield Part(behind, "behind the document")
        yield from bulk(_free(data, file, size), "free sectors", LITTLE)
        for path in file.listdir(streams=True, storages=False):
            source.budget.member()
            if file.get_size(path) > len(data):
                raise Unread(Reason.UNDECODABLE, "ole")
            yield from _stream(path[-1], file.openstream(path).read(), source)


def _free(data: bytes, file: olefile.OleFileIO, size: int) -> bytes:
    """Sectors that belong to nothing."""
    free = (number for number, then in enumerate(file.fat) if then == olefile.FREESECT)
    return b"".join(data[size * (1 + number) : size * (2 + number)].strip(b"\0") for number in free)


def _stream(name: str, body: bytes, source: Source) -> Iterator[Piece]:
    if name in ("EncryptedPackage", "EncryptionInfo") or _locked(name, body):
        yield Unread(Reason.ENCRYPTED, "ole")
    elif name == _SQUEEZED and body[8:12] == b"LZFu":
        yield Unread(Reason.UNSUPPORTED_TYPE, "compressed text")
    elif name in _ATTACHED:
        yield Part(_native(body) if name.startswith("\1") else body, "attachment")
    elif _KNOWN.fullmatch(name) or body.startswith(b"\x09\x08\x10\0"):  # a cache of pivot tables
        rest = yield from blips.blips(body, source.budget)
        yield from bulk(rest, "stream", LITTLE)
    elif len(body) > SLACK:
        start = inside.find_picture(body[:4_096])
        yield Part(body[start:] if 0 < start <= _HEAD else body, "stream")


def _locked(name: str, body: bytes) -> bool:
    """Word says it in its head, Excel in a record behind its first, PowerPoint by another magic."""
    if name == "WordDocument":
        return len(body) > 12 and bool(body[11] & 1)
    if name in ("Workbook", "Book"):
        second = 4 + int.from_bytes(body[2:4], "little")
        return body[second : second + 2] == b"\x2f\0"
    return name == "Current User" and body[12:16] == b"\xdf\xc4\xd1\xf3"


def _native(body: bytes) -> bytes:
    """The file that a packager wrapped: behind its label, its path and its other path."""
    at = 6
    for _ in range(2):
        at = body.index(b"\0", at) + 1
    at += 4
    at += 4 + int.from_bytes(body[at : at + 4], "little")
    size = int.from_bytes(body[at : at + 4], "little")
    inner = body[at + 4 : at + 4 + size]
    return inner if size and len(inner) == size else body
