"""Where the parts of a multipart body begin and end, whole or as it arrives (RFC 2046, and what servers make of it).

Nothing is dropped: the `raw` of all members together is the body. Readers differ over broken bodies (a length that
lies, a boundary in the middle of a line, two kinds of line ends); a member over which they may differ is `doubtful`,
and nobody can say what is in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LONGEST = 200  # bytes of a delimiter line: a boundary has 70 characters at most (RFC 2046)
HEAD = 16 << 10  # bytes of header fields in one part
_FIELD = re.compile(rb"[!#-9;-~]{1,200}[ \t]*:")
_BLANK = re.compile(rb"\r?\n\r?\n")
_FIRST = re.compile(rb"\s*--([^\s][^\r\n]{0,100}?)[ \t]*\r?\n")
# what has to follow a delimiter: the end of its line, or of the body behind the last one
_LINE_END = re.compile(rb"(--)?[ \t]*(?:(\r?\n)|\Z)")
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))", re.IGNORECASE)
_ONCE = ("content-type", "content-transfer-encoding", "content-length", "content-encoding", "content-range")


def boundary(content_type: str) -> bytes:
    """The boundary that a Content-Type names, or b"" when it names none, or more than one."""
    found = [quoted or bare for quoted, bare in _BOUNDARY.findall(content_type)]
    return found[0].strip().encode("latin-1", "replace") if len(found) == 1 else b""


def first_boundary(body: bytes) -> bytes:
    """The boundary that a body begins with, when it begins with a delimiter."""
    match = _FIRST.match(body)
    return match[1] if match else b""


def declares(body: bytes, content_type: str) -> bool:
    """Is this a multipart body by its type, and by its bytes?"""
    stem = boundary(content_type).lstrip(b"-")
    return is_unclear(content_type) or (bool(stem) and b"--" + stem in body)


def is_unclear(content_type: str) -> bool:
    """Two boundaries, or one in a spelling that some readers know."""
    return "boundary" in content_type.lower() and not boundary(content_type)


def split_head(data: bytes) -> tuple[bytes, bytes]:
    """Header fields with the empty line that ends them, and what follows."""
    for blank in (b"\r\n", b"\n"):
        if data.startswith(blank):
            return blank, data[len(blank) :]
    match = _BLANK.search(data)
    return (data[: match.end()], data[match.end() :]) if match else (data, b"")


def fields(head: bytes) -> list[tuple[str, str]] | None:
    """Header fields in order, folded lines joined, names in lower case; None when a line is none."""
    found: list[tuple[str, str]] = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            continue
        if line[:1] in b" \t" and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip().decode('utf-8', 'surrogateescape')}")
        elif _FIELD.match(line):
            name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
            found.append((name.strip().lower(), value.strip()))
        else:
            return None
    return found


@dataclass(frozen=True)
class Member:
    raw: bytes  # as it stands in the stream, delimiter and all
    head: bytes  # with the empty line that ends it
    body: bytes  # without the line end that belongs to the next delimiter
    part: bool  # False for what stands before the first delimiter and behind the last
    odd: bool = False  # something about its delimiters

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        return fields(self.head) or []

    def field(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    @cached_property
    def doubtful(self) -> bool:
        """May another reader see something else in it?"""
        names = [name for name, _ in self.fields]
        length = self.field("content-length")
        return (
            self.odd
            or fields(self.head) is None
            or len(self.head) > HEAD
            or b"\r" in self.head.replace(b"\r\n", b"")
            or 0 < self.head.count(b"\r\n") < self.head.count(b"\n")
            or (self.head.endswith(b"\n\n") and b"\r\n\r\n" in self.body)
            or any(names.count(name) > 1 for name in _ONCE)
            or bool(length and not (length.isdecimal() and self._as_long_as(int(length[:18]))))
        )

    def _as_long_as(self, length: int) -> bool:
        """Some servers count the line end behind the body; the last body has it when no delimiter follows."""
        return length <= len(self.body) + 2 and not self.body[length:].strip(b"\r\n")


class Splitter:
    """`feed` as bytes come, `close` at the end: both return the members that are complete by then.

    `pending` is how many bytes wait for their delimiter: whoever feeds sets the limit. ValueError: no such boundary.
    """

    def __init__(self, boundary: bytes):
        # servers that declare "--name" mean the delimiter itself as often as not: any number of dashes is one
        stem = boundary.lstrip(b"-")
        if not stem or len(boundary) > LONGEST:
            raise ValueError("no boundary")
        self._marker = b"--" + stem
        self._held = bytearray()
        self._scanned = 0
        self._begin = 0  # where the open member's head begins in what is held, behind its delimiter line
        self._part = self._odd = self._closed = False

    @property
    def pending(self) -> int:
        return len(self._held)

    def feed(self, data: bytes) -> list[Member]:
        self._held += data
        return list(self._complete(final=False))

    def close(self) -> list[Member]:
        members = list(self._complete(final=True))
        if self._held:
            members.append(self._member(len(self._held), len(self._held)))
            self._held.clear()
        return members

    def _complete(self, *, final: bool) -> Iterator[Member]:
        while (found := self._held.find(self._marker, max(self._begin, self._scanned))) >= 0:
            behind = found + len(self._marker)
            line = _LINE_END.match(self._held, behind)
            whole = line is not None and (line[2] is not None or final)
            if not (whole or final or len(self._held) - behind > LONGEST or self._held.find(b"\n", behind) >= 0):
                self._scanned = found  # the rest of the line may still come
                return
            end, cut = self._body_end(found)
            odd = not whole or not (cut > end or end == self._begin or self._right_behind(end)) or self._closed
            self._odd |= odd
            if cut:
                yield self._member(end, cut)
            # the next member has what this one's delimiter is
            self._odd = odd
            self._closed = self._closed or (line is not None and line[1] is not None)
            self._part = not (line is not None and line[1] is not None)
            self._begin = (line.end() if line is not None and whole else behind) - cut
            self._scanned = 0
        self._scanned = max(self._begin, len(self._held) - len(self._marker) + 1)

    def _body_end(self, found: int) -> tuple[int, int]:
        """Where the body before a delimiter ends, and where the delimiter's line begins."""
        cut = found
        while cut > self._begin and found - cut < LONGEST and self._held[cut - 1] == ord("-"):
            cut -= 1
        end = cut
        if end > self._begin and self._held[end - 1] == ord("\n"):
            end -= 2 if end - 1 > self._begin and self._held[end - 2] == ord("\r") else 1
        return end, cut

    def _right_behind(self, end: int) -> bool:
        """Some cameras put the delimiter right behind a picture."""
        blank = _BLANK.search(self._held, self._begin, min(end, self._begin + HEAD)) if self._part else None
        body = blank.end() if blank else self._begin
        return self._held.startswith(b"\xff\xd8\xff", body) and self._held[end - 2 : end] == b"\xff\xd9"

    def _member(self, end: int, cut: int) -> Member:
        raw = bytes(self._held[:cut])
        del self._held[:cut]
        content = raw[self._begin :]
        end -= self._begin
        if not self._part:
            return Member(raw, b"", content, part=False, odd=self._odd)
        head, body = split_head(content)
        if len(head) + len(body) > end:  # the line end before the delimiter is not the body's
            body = content[len(head) : end]
        return Member(raw, head, body, part=True, odd=self._odd)


def split(body: bytes, boundary: bytes) -> list[Member]:
    splitter = Splitter(boundary)
    return [*splitter.feed(body), *splitter.close()]
