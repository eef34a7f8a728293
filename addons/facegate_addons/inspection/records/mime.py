"""Mail, saved pages and multipart bodies of HTTP: every part, its head, and what stands around the parts."""

import binascii
import re
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import unwrap
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.records import transfer
from facegate_addons.inspection.records.multipart import (
    Member,
    Splitter,
    boundary,
    first_boundary,
    is_unclear,
    split_head,
)

# a word in a field: =?charset?B?...?= (RFC 2047)
_WORD = re.compile(rb"=\?([\w.:*-]{1,60})\?([BbQq])\?([^?\s]*)\?=")
_RANGE = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18})", re.IGNORECASE)
STEP = 1 << 20  # bytes split at once
_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\r?\n")
_SEALED = ("multipart/encrypted", "application/pgp-encrypted", "application/vnd.ms-outlook-sealed")
_ARMOUR = b"-----BEGIN PGP MESSAGE-----"


def mail(source: Source) -> Iterator[Piece]:
    """A head and a body: of a mail, or of a page saved with what it shows (MHTML)."""
    head, body = split_head(source.data)
    yield from _member(Member(source.data, head, body, part=True), source.budget, bytearray())
    yield from _heads(head)


def mailbox(source: Source) -> Iterator[Piece]:
    """Mails in a file (mbox), each behind a line that begins with "From "."""
    at = 0
    for match in _FROM.finditer(source.data):
        if match.start() > at:
            yield Part(source.data[at : match.start()], "mail", "message/rfc822")
        at = match.end()
    yield Part(source.data[at:], "mail", "message/rfc822")


def multipart(source: Source) -> Iterator[Piece]:
    """The parts between the delimiters that the type declares, or that the body begins with."""
    declared, seen = boundary(source.content_type), first_boundary(source.data)
    name = declared or seen
    stem = declared.lstrip(b"-")
    differ = declared and seen and seen.lstrip(b"-") not in (stem, stem + b"--")  # it may end before it begins
    if differ or is_unclear(source.content_type):
        yield Unread(Reason.UNDECODABLE, "two boundaries")
        name = seen or declared
    if not name:
        raise Unread(Reason.UNDECODABLE, "multipart")
    heads, plain, ranges = bytearray(), bytearray(), list[Member]()
    for member in _members(source.data, name):
        if not member.body:
            source.budget.member()
        yield from _member(member, source.budget, heads)
        if member.field("content-range"):
            ranges.append(member)
        elif _is_plain(member):
            plain += b"\n" + member.body
    yield from _heads(bytes(heads))
    # text that a client might join again
    yield Note(bytes(plain), "parts")
    yield from _ranges(ranges, source.budget)


def _members(data: bytes, name: bytes) -> Iterator[Member]:
    """In steps: a body may consist of delimiters."""
    splitter = Splitter(name)
    for at in range(0, len(data), STEP):
        yield from splitter.feed(data[at : at + STEP])
    yield from splitter.close()


def _is_plain(member: Member) -> bool:
    """Text that is written as it is, and is not opened by itself."""
    nested = member.field("content-type").lower().lstrip().startswith(("multipart/", "message/"))
    return not nested and member.field("content-transfer-encoding").lower() != "base64" and member.body.isascii()


def _member(member: Member, budget: Budget, heads: bytearray) -> Iterator[Piece]:
    if member.doubtful:
        yield Unread(Reason.UNDECODABLE, "multipart")
    heads += member.head
    kind = member.field("content-type")
    essence = kind.partition(";")[0].strip().lower()
    if essence in _SEALED or (essence.endswith("pkcs7-mime") and "signed-data" not in kind.lower()):
        yield Unread(Reason.ENCRYPTED, "mail")
    if essence == "message/partial":
        yield Unread(Reason.PARTIAL_CONTENT, "mail")
    encoding = member.field("content-transfer-encoding")
    body = member.body
    try:
        body = transfer.decode(body, encoding, budget)
        if coding := member.field("content-encoding"):
            body = unwrap.undo(body, [coding], budget)
    except Unread as unread:
        if unread.why not in (Reason.UNDECODABLE, Reason.CODING_UNKNOWN, Reason.CODING_BROKEN):
            raise
        yield unread
    if body is not member.body and encoding.lower() != "base64":
        yield Note(member.body, "encoded part")
    if body.lstrip().startswith(_ARMOUR):
        yield Unread(Reason.ENCRYPTED, "mail")
    if body:
        yield Part(body, "part" if member.part else "around the parts", kind)


def _heads(heads: bytes) -> Iterator[Piece]:
    if bare := heads.strip():
        # as a head with its empty line it would be a mail again
        yield Part(b"\n" + bare.replace(b"\r\n\r\n", b"\r\n").replace(b"\n\n", b"\n"), "heads", "text/plain")
        yield from _words(bare)


def _words(head: bytes) -> Iterator[Piece]:
    """What the words of a head say, joined: a reader shows them as one text."""
    texts: dict[str, bytearray] = {}
    for charset, spelling, word in _WORD.findall(head):
        text = texts.setdefault(charset.decode().partition("*")[0].lower(), bytearray())
        try:
            text += (
                binascii.a2b_qp(word, header=True)
                if spelling in b"Qq"
                else binascii.a2b_base64(word + b"=" * (-len(word) % 4))
            )
        except binascii.Error:
            yield Unread(Reason.UNDECODABLE, "encoded word")
    for charset, text in texts.items():
        yield Part(bytes(text), "encoded words", f"text/plain; charset={charset}")


def _ranges(members: list[Member], budget: Budget) -> Iterator[Piece]:
    """Byte ranges of one body, joined: all of it has to be there, once."""
    if not members:
        return
    places = []
    for member in members:
        match = _RANGE.fullmatch(member.field("content-range"))
        if match is None or int(match[2]) - int(match[1]) + 1 != len(member.body):
            yield Unread(Reason.PARTIAL_CONTENT, "byte ranges")
            return
        places.append((int(match[1]), int(match[2]), int(match[3]), member))
    places.sort(key=lambda place: place[:2])
    ends = [0, *(place[1] + 1 for place in places)]
    whole = ends[-1] == places[0][2] and all(place[0] == end for place, end in zip(places, ends, strict=False))
    if not whole or len({place[2] for place in places}) > 1:
        yield Unread(Reason.PARTIAL_CONTENT, "byte ranges")
    data = b"".join(member.body for *_, member in places)
    budget.decoded(len(data))
    yield Part(data, "ranges joined", members[0].field("content-type"))
