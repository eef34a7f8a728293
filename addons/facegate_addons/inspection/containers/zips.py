"""Zip archives, and all that is one: Office and OpenDocument files, books, Java and Android packages, wheels.

Every byte is somebody's: a member's data, a header, or a gap that is looked at by itself.
"""

from collections.abc import Callable, Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Spent, Unread
from facegate_addons.inspection.containers import decoders, zip_index
from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.containers.zip_index import Disagreement, Member
from facegate_addons.inspection.parts import Part, Piece, Source

ENTRIES = 10  # for each member with something in it: folders and empty files cost little
_STORED = 0
_DECODERS: dict[int, Callable[[bytes], decoders.Steps]] = {
    8: lambda data: decoders.deflate(data, 0),
    12: lambda data: decoders.bzip2(data, 0),
    20: lambda data: decoders.zstd_frame(data, 0),
    93: lambda data: decoders.zstd_frame(data, 0),
    95: lambda data: decoders.xz(data, 0),
}
_LZMA = 14
_ENCRYPTED = 1 | 1 << 6 | 1 << 13  # flags: the data, strongly, the directory too
_AES = 99
_SIGNED = b"APK Sig Block 42"


def zips(source: Source) -> Iterator[Piece]:
    data, budget, beside = source.data, source.budget, Slack()
    where = zip_index.directory(data)
    if where.entries > ENTRIES * budget.limits.members:
        raise Spent(Reason.LIMIT_MEMBERS)
    at = 0
    placed = []
    for member in zip_index.members(data, where):
        budget.tick()
        placed.append((member, zip_index.place(data, member, where.begin)))
    placed.sort(key=lambda pair: pair[0].offset)
    for member, place in placed:
        if member.offset < at:
            raise Disagreement  # members that share bytes
        yield from _gap(data[at : member.offset], beside)
        at = place.next
        beside.note(member.name)
        for extra in {member.extra, place.extra}:
            yield from beside.add(extra, "extra field")
        yield from beside.add(member.comment, "comment of a member")
    yield from _gap(data[at : where.begin], beside)
    yield from _gap(data[where.end : where.tail], beside)
    yield from _gap(data[where.comment :], beside)
    yield from beside.notes()
    for number, (member, place) in enumerate(placed, 1):
        budget.tick()
        yield from _member(member, data[place.begin : place.end], f"member {number}", budget)


def _gap(data: bytes, beside: Slack) -> Iterator[Piece]:
    """What no record claims. A second end of the archive among it is another archive to some readers."""
    if zip_index.END in data or zip_index.LOCATOR in data:
        yield Unread(Reason.UNDECODABLE, "zip")
    if data.endswith(_SIGNED) and len(data) <= 1 << 16:
        beside.note(data)  # signatures of an Android package, which only an installer reads
    else:
        yield from beside.add(data, "between members")


def _member(member: Member, data: bytes, where: str, budget: Budget) -> Iterator[Piece]:
    """One that cannot be read does not keep the others from being looked at."""
    try:
        body = _content(member, data, budget)
    except (Spent, MemoryError):
        raise
    except Unread as unread:
        yield unread
    except Exception:  # noqa: BLE001 - five decoders, each with errors of its own
        yield Unread(Reason.UNDECODABLE, "zip")
    else:
        if body:
            yield Part(body, where)


def _content(member: Member, data: bytes, budget: Budget) -> bytes:
    if member.flags & _ENCRYPTED or member.method == _AES:
        raise Unread(Reason.ENCRYPTED, "zip")
    if not data and not member.size:
        return b""  # a folder, whatever its method
    if member.method == _STORED:
        if len(data) != member.size:
            raise Disagreement
        return data
    steps = _steps(member, data)
    if steps is None:
        raise Unread(Reason.UNSUPPORTED_TYPE, "zip method")
    out = bytearray()
    end = decoders.whole(steps, budget, out)
    if end != len(data) or len(out) != member.size:
        raise Disagreement
    return bytes(out)


def _steps(member: Member, data: bytes) -> decoders.Steps | None:
    if member.method != _LZMA:
        decoder = _DECODERS.get(member.method)
        return decoder(data) if decoder else None
    return _lzma(data, member)


def _lzma(data: bytes, member: Member) -> decoders.Steps:
    """As a .lzma file: properties and the size, which flag 1 leaves to an end mark."""
    if data[2:4] != b"\5\0":
        raise Disagreement
    size = (1 << 64) - 1 if member.flags & 2 else member.size
    end = yield from decoders.lzma_alone(data[4:9] + size.to_bytes(8, "little") + data[9:], 0)
    return end - 4
