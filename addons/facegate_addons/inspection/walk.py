"""One body in, one Verdict out: the bounded recursion over everything a body contains.

A part that could not be looked at makes the body unreadable, and a limit of the whole body ends the walk. Clear is what
remains when everything was looked at. Which of the rest counts depends on what the body is looked at for:

- To withhold it a face is enough. It decides at once, whatever else is in the body or cannot be read in it.
- To release it (Payload.whole) every face counts, and all of it has to be read: the first part that is not decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from hashlib import blake2b
from itertools import islice

from facegate_addons.detection.picture import Detector, Picture
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import inside, sniff
from facegate_addons.inspection.budget import Budget, Spent, Unread
from facegate_addons.inspection.openers import opener
from facegate_addons.inspection.parts import Note, Opener, Part, Piece, Source
from facegate_addons.inspection.records.declared import declared
from facegate_addons.inspection.stills.overlong import overlong
from facegate_addons.inspection.stills.pictures import pictures
from facegate_addons.inspection.stills.structure import Layout, layout
from facegate_addons.inspection.text import headless
from facegate_addons.inspection.text import runs as text
from facegate_addons.inspection.text.charset import as_text
from facegate_addons.inspection.text.mosaic import mosaic
from facegate_addons.inspection.text.runs import Run
from facegate_addons.inspection.text.script import in_made_up_letters
from facegate_addons.inspection.unwrap import undo

# bytes behind a picture's end that are looked over: padding, a newline, a camera's serial number. A face needs more
TRAILER = 256
# pictures searched for by their magic in one part that is no picture itself; with more, the part is unreadable
SEARCHED = 16
# bytes of all parts of one body together that stand inside a container and that nobody can name: lock files, stamps and
# marks. A body that is nothing but such bytes is withheld, however short
UNNAMED = 512
# faces of a body that is looked at whole; what repeats a part in itself has more than anybody approved
COUNTED = 10_000
# kinds whose magic ordinary text may begin with; when they turn out not to be one, they are judged as text
_DOUBTFUL = ("pnm", "tga", "pcx", "bmp", "ico", "cur", "mp3", "h264", "mp4", "mpeg-ts", "xbm", "xpm")
# the bare JPEG XL codestream: two bytes that turn up by chance in what decoded text yields
_SHORT = b"\xff\x0a"
# a camera writes a few pictures into one JPEG file, one behind another; where there are more it is a film of them
_JPEG, _STILLS = b"\xff\xd8\xff", 6
# kinds that hide a picture from a search for its magic, however small: as metadata they are looked at like a body
_PACKED = ("gzip", "zstd", "bzip2", "xz", "7z", "zip", "rar", "woff", "woff2", "pdf")
_MAGIC = 4 << 10  # bytes in which a magic and what has to follow it stand
_PRINTABLE = bytes((9, 10, 13, *range(32, 127)))
_STRAY = 20  # of so many bytes of text one may be none


def inspect(payload: Payload, detector: Detector, limits: Limits) -> Verdict:
    """Never raises, whatever the bytes are."""
    return look(payload, detector, Budget(limits))


def look(payload: Payload, detector: Detector, budget: Budget) -> Verdict:
    """`inspect`, of what is left of a budget."""
    walk = _Walk(detector, budget, whole=payload.whole)
    kind = ""
    try:
        kind = walk.payload(payload)
    except _Decided:
        pass
    except Unread as unread:
        return Unreadable(unread.why, unread.detail)
    except MemoryError:
        return Unreadable(Reason.LIMIT_MEMORY)
    except Exception as error:  # noqa: BLE001 - the boundary of inspection: what nobody foresaw is withheld
        return Unreadable(Reason.INSPECTION_FAILED, type(error).__name__)
    if walk.found and not (payload.whole and walk.unread):
        return Faces(tuple(walk.found), kind=sniff.sniff(walk.unwrapped))
    if walk.unread is not None:
        return Unreadable(walk.unread.why, walk.unread.detail)
    return Clear(kind)


class _Decided(Exception):
    """Nothing that is left of the body can change the verdict."""


def _pieces(opens: Opener, source: Source) -> Iterator[Piece]:
    """What parsers of hostile bytes raise, quoting them, becomes Unread."""
    try:
        yield from opens(source)
    except (Unread, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - see above
        raise Unread(Reason.UNDECODABLE, source.kind) from None


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


class _Walk:
    def __init__(self, detector: Detector, budget: Budget, *, whole: bool):
        self.detector = detector
        self.budget = budget
        self.found: list[Finding] = []
        self.unread: Unread | None = None  # the first part that could not be looked at
        self.unwrapped = b""  # the body, its codings undone
        self._whole = whole
        self._shown: dict[bytes, list[Finding]] = {}  # by the digest of a part: the faces in it
        self._texts = 0  # how deep in text
        self._read: set[tuple[bytes, tuple[int, ...], tuple[float, float]]] = set()  # pictures out of text
        self._seen: set[tuple[bytes, str, bool]] = set()  # parts: nothing is looked at twice
        self._opening: set[bytes] = set()  # digests of what is being opened
        self._unnamed = 0  # bytes
        self._lenient = False
        self._inits: tuple[bytes, ...] = ()

    def payload(self, payload: Payload) -> str:
        self._inits = payload.inits
        for number, value in enumerate(payload.headers, 1):
            self.header(value.encode("utf-8", "surrogateescape"), f"header {number}")
        if not payload.body:
            return "empty"
        self.unwrapped = body = undo(payload.body, payload.codings, self.budget)
        return self.body(body, payload.content_type) if body else "empty"

    def header(self, value: bytes, where: str) -> None:
        if as_text(value, "") is None:
            self.missed(Unread(Reason.OPAQUE_TEXT, "header"))
        self.text(value, where)

    def body(self, data: bytes, content_type: str = "", where: str = "") -> str:
        """Look at `data`, whatever it is; returns the name of its kind."""
        with self.budget.inside():
            self.budget.member()
            kind = sniff.sniff(data) or declared(data, content_type)
            if kind not in sniff.PICTURES:
                return self.other(kind, data, content_type, where)
            kind, behind = self.picture(kind, data, content_type, where)
            where = f"{where} after the picture".strip()
            while behind:  # one behind the other, however many
                self.budget.member()
                following = sniff.sniff(behind)
                if following == "jpeg" and behind.count(_JPEG) > _STILLS:
                    following = "mjpeg"
                if following not in sniff.PICTURES:
                    self.other(following, behind, "", where)
                    break
                _, behind = self.picture(following, behind, "", where)
            return kind

    def other(self, kind: str, data: bytes, content_type: str, where: str) -> str:
        """What is no picture by its first bytes."""
        if kind and not (kind in _DOUBTFUL and as_text(data, content_type) is not None):
            if opens := opener(kind):
                self.opened(opens, kind, data, content_type, where)
            else:
                self.missed(Unread(Reason.UNSUPPORTED_TYPE, kind))
            return kind
        return self.unnamed(data, content_type, where)

    def opened(self, opens: Opener, kind: str, data: bytes, content_type: str, where: str) -> None:
        """Every piece of what an opener makes of `data`; what it fails over is searched at least."""
        source = Source(data, kind, self.budget, self.detector.min_face, content_type, self._inits)
        outer, self._opening = self._opening, self._opening | {_digest(data)}
        try:
            for piece in _pieces(opens, source):
                self.piece(piece, where)
        except Spent:
            raise
        except Unread as unread:
            self.missed(unread)
            self.search(data, where)
        finally:
            self._opening = outer

    def piece(self, piece: Piece, where: str) -> None:
        match piece:
            case Part():
                if self.first(piece.data, piece.content_type, strict=True):
                    self.part(piece.data, piece.content_type, f"{where} {piece.where}".strip())
                elif self._whole:  # the same bytes show the same faces once more
                    self.faced(self._shown.get(_digest(piece.data), []))
            case Note():
                if self.first(piece.data, "", strict=False):
                    self.note(piece.data, f"{where} {piece.where}".strip())
            case Picture():
                self.faced(self.detect(replace(piece, where=f"{where} {piece.where}".strip())))
            case Unread():
                self.missed(piece)

    def part(self, data: bytes, content_type: str, where: str) -> None:
        """`body`, of what may come again."""
        before = len(self.found)
        self.body(data, content_type, where)
        if self._whole:
            self._shown[_digest(data)] = self.found[before:]

    def first(self, data: bytes, content_type: str, *, strict: bool) -> bool:
        """Whether this part is new to the walk. What contains itself, or comes back from its opener, is unreadable."""
        digest = _digest(data)
        if strict and digest in self._opening:
            raise Unread(Reason.UNDECODABLE, "within itself")
        key = (digest, content_type, strict and not self._lenient)
        if not data or key in self._seen:
            self.budget.member()
            return False
        self._seen.add(key)
        return True

    def unnamed(self, data: bytes, content_type: str, where: str) -> str:
        plain = as_text(data, content_type)
        if plain is not None:
            self.text(plain, where)
            if plain is not data:  # nobody has to read it in the charset it declares
                self.text(data, where, opaque=False)
            return "text"
        if not self._lenient:
            self._unnamed += len(data)
        if not self.budget.nested or self._unnamed > UNNAMED:
            self.missed(Unread(Reason.UNKNOWN_TYPE))
        self.search(data, where)
        return "unknown"

    def picture(self, kind: str, data: bytes, content_type: str, where: str) -> tuple[str, bytes]:
        """The name of its kind, and what stands behind it."""
        try:
            self.faces(kind, data, where)
        except Spent:
            raise
        except Unread as unread:
            if kind in _DOUBTFUL and (plain := as_text(data, content_type)) is not None:
                self.text(plain, where)
                return "text", b""
            self.missed(unread)
            self.search(data, where, 1)
        if kind in ("heic", "avif") and b"moov" in data and (opens := opener("heif-movie")):
            self.opened(opens, "heif-movie", data, kind, where)  # a film may share the file
        found = layout(kind, data)
        self.beside(found, f"{where} metadata".strip())
        if found.unfollowed or (kind == "jpeg" and overlong(data, found.end)):
            self.missed(Unread(Reason.UNDECODABLE, f"{kind}, more than its picture needs"))
        if found.twisted:
            self.missed(Unread(Reason.UNSUPPORTED_TYPE, f"{kind}, a colour profile with crooked curves"))
        rest = data[found.end :]
        # a trailer begins where it begins: what is stripped to measure it may belong to it
        return kind, rest.lstrip(b"\0 \t\r\n") if len(rest.strip(b"\0 \t\r\n\xff")) > TRAILER else b""

    def beside(self, found: Layout, where: str) -> None:
        for note in found.notes:
            self.note(note, where)
        for data in found.coded:
            self.search(data, where)
        for kind, data in found.inner:
            self.budget.member()
            try:
                self.faces(kind, data, where)
            except Spent:
                raise
            except Unread as unread:
                self.missed(unread)
        for part in found.parts:
            self.body(part, "", where)

    def faces(self, kind: str, data: bytes, where: str) -> None:
        """Every frame of a picture."""
        self.budget.file()
        for picture in pictures(kind, data, self.budget, self.detector.min_face, where):
            self.faced(self.detect(picture))

    def note(self, data: bytes, where: str) -> None:
        """Metadata: text, or something with a picture in it, or nothing that a viewer shows."""
        kind = sniff.sniff(data)
        if kind in _PACKED:
            self.body(data, "", where)
            return
        with self.budget.inside():
            # a profile or a maker's note is binary and nobody's to name: only what is known counts
            self.text(data, where, opaque=as_text(data, "") is not None)
            self.search(data, where)
            with self.leniently():
                self.unpack(data, where)
                if kind and inside.find_picture(data[:_MAGIC]) and inside.find_container(data[:_MAGIC]):
                    self.body(data, "", where)  # by more than a magic, such as BMP or zlib

    def unpack(self, data: bytes, where: str) -> None:
        """Containers anywhere in bytes that no viewer shows. Most such magics are there by chance."""
        for start in islice(inside.containers(data), SEARCHED):
            self.body(data[start:], "", f"{where} byte {start}".strip())

    @contextmanager
    def leniently(self) -> Iterator[None]:
        """Only faces count, and the limits of the whole body but for depth: what nests too deep is chance, or beyond
        anybody's reading."""
        before, self._lenient = self._lenient, True
        try:
            yield
        except Spent as spent:
            if before or spent.why is not Reason.LIMIT_DEPTH:
                raise
            self._seen.clear()  # the same may stand where there is more room for it
        finally:
            self._lenient = before

    def search(self, data: bytes, where: str, start: int = 0) -> None:
        """Pictures anywhere in bytes that are no picture themselves."""
        tried = 0
        for at in inside.pictures(data, start):
            if at < start:
                continue
            if tried == SEARCHED:
                self.missed(Unread(Reason.LIMIT_MEMBERS, "more pictures in one part than are searched for"))
                return
            tried, start = tried + 1, at
            self.budget.member()
            kind = sniff.sniff(data[start : start + 4096])
            if kind in sniff.PICTURES:
                self._pixels(kind, data[start:], f"{where} byte {start}".strip())
            start += 4

    def _pixels(self, kind: str, data: bytes, where: str) -> None:
        """A picture that was found by its magic: a face counts, and so does what does not decode.

        Of a text the same bytes come out of several readings.
        """
        if not self.first(data, f"search {kind}", strict=True):
            return
        try:
            self.faces(kind, data, where)
        except Spent:
            raise
        except Unread as unread:
            # most likely chance; where it is not, the body around it was unreadable already
            if unread.why is Reason.LIMIT_PIXELS:  # but its header makes sense
                self.missed(unread)
        with self.leniently(), self.budget.inside():
            self._within(layout(kind, data), where)

    def _within(self, found: Layout, where: str) -> None:
        """What a picture carries that was found by its magic: no search finds what several segments or chunks hold."""
        for data in (*found.notes, *found.coded, *(data for _, data in found.inner)):
            # of a kind without a parser all that stands behind the magic, which is searched already
            if len(data) < found.end - 1 and self.first(data, "", strict=False):
                self.note(data, where)
        for data in found.parts:
            if self.first(data, "", strict=False):
                self.body(data, "", where)

    def text(self, data: bytes, where: str, *, opaque: bool = True) -> None:
        """Text is clear, but for the pictures that are written in it and, with `opaque`, for what nobody can name."""
        if mosaic(data):
            self.missed(Unread(Reason.UNSUPPORTED_TYPE, "mosaic"))
        self._texts += 1
        for run in text.runs(data):
            self.run(run, f"{where} {run.spelling}".strip(), opaque=opaque and run.opaque)
        self._texts -= 1
        # legacy charsets that nobody declared were judged when they were taken for text
        if opaque and in_made_up_letters(data):
            self.missed(Unread(Reason.OPAQUE_TEXT, "made-up alphabet"))

    def run(self, run: Run, where: str, *, opaque: bool) -> None:
        """What a piece of text decodes to. Most such pieces are names and numbers that only look like a code."""
        self.budget.tick()
        if run.searched:
            if inside.find_picture(run.data) >= 0 or inside.find_container(run.data) >= 0:
                self.budget.decoded(len(run.data))
                with self.leniently() if run.guessed else nullcontext():
                    self.search(run.data, where)
                with self.leniently(), self.budget.inside():
                    self.unpack(run.data, where)
            return
        kind = sniff.sniff(run.data)
        certain = kind and kind not in _DOUBTFUL and not run.data.startswith(_SHORT)
        plain = None if certain else as_text(run.data, "")
        found = not certain and plain is None and inside.find_picture(run.data) >= 0
        if certain or plain is not None or found:
            self.budget.decoded(len(run.data))
        with self.leniently() if run.guessed else nullcontext():
            if (certain or plain is not None) and not self.first(run.data, "" if certain else "text", strict=True):
                return
            if certain:
                self.part(run.data, "", where)
                return
            if plain is not None:
                with self.budget.inside():
                    self.text(plain, where)
                return
        unpacked, whole = headless.unpacked(run.data, self.budget)
        if unpacked:
            with self.leniently() if run.guessed or not whole else nullcontext():
                self.body(unpacked, "", where)
            if whole:
                return
        if kind in sniff.PICTURES:
            self.budget.member()
            self._pixels(kind, run.data, where)
            with self.leniently(), self.budget.inside():
                self.note(run.data[layout(kind, run.data).end :], where)
        if found:
            self.search(run.data, where)
        if len(run.data.translate(None, _PRINTABLE)) * _STRAY < len(run.data):  # text with a binary head, say
            with self.budget.inside():
                self.text(run.data, where, opaque=False)
        if opaque:
            self.missed(Unread(Reason.OPAQUE_TEXT, run.spelling))

    def detect(self, picture: Picture) -> list[Finding]:
        """Out of a text the same picture comes in several readings, and counts once."""
        if self._whole and self._texts and picture.decode_finer is None:
            key = (_digest(picture.rgb.tobytes()), picture.rgb.shape, picture.scale)
            if key in self._read:
                return []
            self._read.add(key)
        return self.detector.detect(picture, self.budget.tick, thorough=self._whole)

    def faced(self, findings: list[Finding]) -> None:
        if self._whole and len(self.found) + len(findings) > COUNTED:
            raise Spent(Reason.LIMIT_MEMBERS, "more faces than are counted")
        self.found += findings
        if self.found and not self._whole:
            raise _Decided

    def missed(self, unread: Unread) -> None:
        if not self._lenient:
            self.unread = self.unread or unread
            if self._whole:
                raise _Decided
