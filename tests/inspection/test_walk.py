import base64
import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import walk
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.walk import UNNAMED, inspect
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

Look = Callable[..., Verdict]


class Eager:
    """Sees a face in every picture."""

    min_face, versions = 20, {}

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        return [Finding((0, 0, 9, 9), 0.9, picture.where)]


class Raising:
    min_face, versions = 20, {}

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        raise self.error


TIGHT = Limits(decoded=1 << 20, pixels=1 << 18, frames=5, depth=3, members=10, seconds=2.0)


def test_nothing_is_clear(look: Look) -> None:
    assert look(b"") == Clear("empty")
    assert look(b"", codings=("gzip",)) == Clear("empty")
    assert look(gzip.compress(b""), codings=("gzip",)) == Clear("empty")


def test_codings(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(gzip.compress(face_jpeg), codings=("gzip",)), Faces)
    assert look(gzip.compress(plain_jpeg), codings=("gzip",)) == Clear("jpeg")
    assert look(plain_jpeg, codings=("rot13",)) == Unreadable(Reason.CODING_UNKNOWN)
    assert look(plain_jpeg, codings=("gzip",)) == Unreadable(Reason.CODING_BROKEN, "gzip")


def test_what_bears_the_face_is_named(look: Look, face_jpeg: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jpg", face_jpeg)
    for body, codings, kind in (
        (face_jpeg, (), "jpeg"),
        (gzip.compress(face_jpeg), ("gzip",), "jpeg"),
        (gzip.compress(face_jpeg), (), "gzip"),
        (packed.getvalue(), (), "zip"),
    ):
        found = look(body, codings=codings)
        assert isinstance(found, Faces)
        assert found.kind == kind


@pytest.mark.parametrize("declared", ["", "text/html", "font/woff2", "application/json", "video/mp4"])
def test_the_declared_type_decides_nothing(declared: str, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(face_jpeg, content_type=declared), Faces)


def test_faces_win_over_unreadable(plain_jpeg: bytes, face_jpeg: bytes, look: Look) -> None:
    opened = base64.b64encode(b"Rar!\x1a\7\0" + bytes(400)).decode()
    shown = base64.b64encode(face_jpeg).decode()
    assert look(f'["{opened}"]'.encode()) == Unreadable(Reason.UNSUPPORTED_TYPE, "rar")
    assert isinstance(look(f'["{opened}", "{shown}"]'.encode()), Faces)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), Unreadable(Reason.LIMIT_MEMORY)),
        (RecursionError(), Unreadable(Reason.INSPECTION_FAILED, "RecursionError")),
        (ValueError("secret bytes"), Unreadable(Reason.INSPECTION_FAILED, "ValueError")),
    ],
)
def test_what_nobody_foresaw_is_withheld(error: BaseException, expected: Verdict, plain_jpeg: bytes) -> None:
    assert inspect(Payload(plain_jpeg), Raising(error), Limits()) == expected


def test_limits(plain_as: Callable[..., bytes]) -> None:
    small = plain_as("PNG", (30, 20))

    def limited(body: bytes, **limits: int) -> Verdict:
        return inspect(Payload(body), Raising(AssertionError()), replace(Limits(), **limits))

    nested = small
    for _ in range(4):
        nested = base64.b64encode(nested)
    assert limited(nested, depth=3) == Unreadable(Reason.LIMIT_DEPTH)
    assert limited(base64.b64encode(small), decoded=100) == Unreadable(Reason.LIMIT_DECODED)
    many = b"\n;".join(base64.b64encode(b"PK\3\4" + bytes([n]) * 300) for n in range(9))
    assert limited(many, members=5) == Unreadable(Reason.LIMIT_MEMBERS)


def test_a_code_with_decoys_stays_opaque(look: Look) -> None:
    """A magic inside what nobody can name does not make it known, and more decoys than are searched do not hide one."""
    noise = random.Random(3).randbytes(9_000)
    assert look(base64.b64encode(noise + b"\xff\xd8\xff\xe0" + noise)) == Unreadable(Reason.OPAQUE_TEXT, "base64")
    decoys = b"\x00\x01" + b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0" * 40
    assert look(base64.b64encode(decoys)).why is Reason.LIMIT_MEMBERS  # type: ignore[union-attr]  # fails when clear


@pytest.mark.parametrize("kind", ["BMP", "TGA", "PPM", "ICO"])
def test_weak_magics_inside_text(kind: str, look: Look, face_as: Callable[..., bytes]) -> None:
    assert isinstance(look(b"x = '" + base64.b64encode(face_as(kind, (120, 120))) + b"'"), Faces)


def within(picture: bytes, data: bytes, name: bytes = b"eXIf", size: int = 700) -> bytes:
    """A PNG with `data` in chunks behind its head."""
    pieces = (name + data[at : at + size] for at in range(0, len(data), size))
    chunks = b"".join(struct.pack(">I", len(p) - 4) + p + struct.pack(">I", zlib.crc32(p)) for p in pieces)
    return picture[:33] + chunks + picture[33:]


def test_pictures_in_chunks_in_chunks(
    look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    png = plain_as("PNG", (30, 20))
    for kind in ("JPEG", "PNG", "BMP", "TGA", "TIFF"):
        face, plain = face_as(kind, (128, 128)), plain_as(kind, (60, 40))
        assert isinstance(look(within(png, face)), Faces)
        assert isinstance(look(within(png, zlib.compress(face))), Faces)
        assert isinstance(look(within(png, within(png, face))), Faces)
        assert isinstance(look(within(png, within(png, face, size=3_000)[:-60])), Faces)
        assert isinstance(look(within(png, within(png, within(png, zlib.compress(face))))), Faces)
        for hidden in (plain, within(png, plain), within(png, within(png, zlib.compress(plain)))):
            assert isinstance(look(within(png, hidden)), Clear)


def test_text_behind_a_picture_in_text(
    look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    bmp = plain_as("BMP", (30, 20))
    assert isinstance(look(base64.b64encode(bmp + face_as(size=(128, 128)).hex().encode())), Faces)
    assert isinstance(look(base64.b64encode(bmp + plain_as(size=(90, 60)).hex().encode())), Clear)


def test_a_magic_by_chance_does_not_end_the_walk(look: Look, face_jpeg: bytes) -> None:
    """A table of magics in a script: 'GIF89a' and what would be a size of 200 Mpx behind it."""
    table = b'var magics = {GIF89a:[[71,73,70,56,57,97]]}; load("GIF89a:[[71,73");'
    assert look(table) == Clear("text")
    assert isinstance(look(table + b"x = '" + base64.b64encode(face_jpeg) + b"'"), Faces)


@given(
    body=st.binary(max_size=3000),
    codings=st.lists(st.sampled_from(["gzip", "br", "zstd", "deflate", "x"]), max_size=2),
    whole=st.booleans(),
)
@settings(deadline=None)
def test_any_bytes_give_a_verdict(body: bytes, codings: list[str], whole: bool) -> None:
    verdict = inspect(Payload(body, codings=tuple(codings), whole=whole), Eager(), TIGHT)
    assert isinstance(verdict, Clear | Faces | Unreadable)


@given(data=st.data())
@settings(deadline=None)
def test_any_damage_gives_a_verdict(data: st.DataObject, plain_as: Callable[..., bytes]) -> None:
    kind = data.draw(
        st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "ICO", "ICNS", "TGA", "DDS", "AVIF"])
    )
    whole = bytearray(plain_as(kind, (64, 48)))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    verdict = inspect(Payload(bytes(whole[:cut])), Eager(), TIGHT)
    assert isinstance(verdict, Clear | Faces | Unreadable)


def test_a_detector_that_takes_too_long_is_stopped(plain_as: Callable[..., bytes]) -> None:
    class Slow(Eager):
        def detect(
            self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
        ) -> list[Finding]:
            while True:
                tick()

    limits = replace(Limits(), seconds=0.2)
    assert inspect(Payload(plain_as()), Slow(), limits) == Unreadable(Reason.LIMIT_TIME)
    within = bytes(range(32)) * 20 + plain_as()
    assert inspect(Payload(within), Slow(), limits) == Unreadable(Reason.LIMIT_TIME)


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack(">I", len(data)) + data


def iff(*chunks: bytes) -> bytes:
    return b"FORM0000ILBM" + b"".join(chunks)


def chunks(source: Source) -> Iterator[Piece]:
    """An opener as small as one can be: chunks named PART and NOTE."""
    at = 12
    while at < len(source.data):
        size = int.from_bytes(source.data[at + 4 : at + 8], "big")
        data = source.data[at + 8 : at + 8 + size]
        yield Part(data, "part") if source.data[at : at + 4] == b"PART" else Note(data, "note")
        at += 8 + size


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "opener", {"iff": chunks}.get)


@pytest.mark.usefixtures("opened")
def test_parts_are_strict_and_notes_are_searched(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    noise = random.Random(4).randbytes(2_000)
    assert look(iff(chunk(b"PART", plain_jpeg), chunk(b"NOTE", noise))) == Clear("iff")
    assert look(iff(chunk(b"PART", noise))) == Unreadable(Reason.UNKNOWN_TYPE)
    found = look(iff(chunk(b"PART", noise), chunk(b"PART", face_jpeg)))
    assert isinstance(found, Faces)
    assert found.findings[0].where == "part"
    assert isinstance(look(iff(chunk(b"NOTE", noise + face_jpeg))), Faces)
    within = iff(chunk(b"NOTE", iff(chunk(b"PART", face_jpeg))))
    assert isinstance(look(within), Faces)


@pytest.mark.usefixtures("opened")
def test_little_that_nobody_can_name(look: Look) -> None:
    """Stamps and marks inside a container pass, all together up to a size that holds no face."""
    mark = random.Random(6).randbytes(128)
    few = [chunk(b"PART", mark + bytes([n, 0xFF])) for n in range(UNNAMED // (len(mark) + 2))]
    assert look(iff(*few)) == Clear("iff")
    assert look(iff(*few, chunk(b"PART", mark))) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(mark) == Unreadable(Reason.UNKNOWN_TYPE)
    found_by_chance = chunk(b"NOTE", b"FORM" + b"PK\x03\x04\x14\0" + bytes(24) + mark * 9)
    assert look(iff(found_by_chance, *few)) == Clear("iff")


@pytest.mark.usefixtures("opened")
def test_nothing_is_looked_at_twice(plain_jpeg: bytes, face_jpeg: bytes) -> None:
    shown = []

    class Counting(Eager):
        def detect(
            self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
        ) -> list[Finding]:
            shown.append(picture)
            return []

    body = iff(*[chunk(b"PART", plain_jpeg)] * 50, chunk(b"NOTE", plain_jpeg))
    assert inspect(Payload(body), Counting(), Limits()) == Clear("iff")
    assert len(shown) == 2  # once strictly, once leniently
    assert inspect(Payload(body), Counting(), replace(Limits(), members=20)) == Unreadable(Reason.LIMIT_MEMBERS)


@pytest.mark.usefixtures("opened")
def test_what_a_note_unpacks_to(look: Look, monkeypatch: pytest.MonkeyPatch, face_jpeg: bytes) -> None:
    """A container found by its magic where no viewer looks: a face counts, what cannot be opened does not."""

    def stored(source: Source) -> Iterator[Piece]:
        yield Part(source.data[30:])

    monkeypatch.setattr(walk, "opener", {"iff": chunks, "zip": stored}.get)
    head = b"PK\x03\x04\x14\0" + bytes(24)
    assert isinstance(look(iff(chunk(b"NOTE", b"before" + head + face_jpeg))), Faces)
    assert look(iff(chunk(b"NOTE", b"before" + head + random.Random(5).randbytes(900)))) == Clear("iff")
    assert look(iff(chunk(b"PART", head + random.Random(5).randbytes(900)))) == Unreadable(Reason.UNKNOWN_TYPE)


@pytest.mark.usefixtures("opened")
def test_magics_within_notes_within_notes(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    """What opens by chance, and what it opens to, and so on, costs no body its verdict."""

    def again(source: Source) -> Iterator[Piece]:
        yield Note(b"." + source.data)

    monkeypatch.setattr(walk, "opener", {"iff": chunks, "zip": again}.get)
    assert look(iff(chunk(b"NOTE", b"PK\x03\x04\x14\0" + bytes(24)))) == Clear("iff")


def test_what_an_opener_hands_back_is_unreadable(look: Look, monkeypatch: pytest.MonkeyPatch, face_jpeg: bytes) -> None:
    def back(source: Source) -> Iterator[Piece]:
        yield Part(source.data)

    def within(source: Source) -> Iterator[Piece]:
        yield Part(b"PK\x03\x04" + source.data)

    monkeypatch.setattr(walk, "opener", {"iff": back}.get)
    assert look(iff(b"words")) == Unreadable(Reason.UNDECODABLE, "within itself")
    assert isinstance(look(iff(face_jpeg)), Faces)
    monkeypatch.setattr(walk, "opener", {"iff": within, "zip": lambda source: iter([Part(source.data[4:])])}.get)
    assert look(iff(b"words")) == Unreadable(Reason.UNDECODABLE, "within itself")


@pytest.mark.usefixtures("opened")
def test_what_was_too_deep_is_looked_at_where_it_is_not(
    detector: FaceDetector, monkeypatch: pytest.MonkeyPatch, face_jpeg: bytes
) -> None:
    def stored(source: Source) -> Iterator[Piece]:
        yield Part(bytes(byte ^ 0x5A for byte in source.data[30:]))

    monkeypatch.setattr(walk, "opener", {"iff": chunks, "zip": stored}.get)
    packed = iff(chunk(b"NOTE", b"before" + b"PK\x03\x04\x14\0" + bytes(24) + bytes(byte ^ 0x5A for byte in face_jpeg)))
    body = iff(chunk(b"PART", iff(chunk(b"PART", packed))), chunk(b"PART", packed))
    found = {
        depth: isinstance(inspect(Payload(body), detector, replace(Limits(), depth=depth)), Faces)
        for depth in range(4, 9)
    }
    assert found == {4: False, 5: True, 6: True, 7: True, 8: True}


def zipped(*members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number}", member)
    return out.getvalue()


NOISE = random.Random(7).randbytes(5_000)


@pytest.mark.parametrize("turned", [False, True])
def test_whole_a_face_does_not_hide_what_cannot_be_looked_at(look: Look, face_jpeg: bytes, turned: bool) -> None:
    members = (NOISE, face_jpeg) if turned else (face_jpeg, NOISE)
    assert isinstance(look(zipped(*members)), Faces)
    assert look(zipped(*members), whole=True) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(zipped(face_jpeg, b"words"), whole=True).findings  # type: ignore[union-attr]  # fails when withheld
    assert look(face_jpeg + NOISE, whole=True) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(zipped(NOISE), whole=True) == look(zipped(NOISE)) == Unreadable(Reason.UNKNOWN_TYPE)


def test_whole_text_that_draws_beside_a_face(look: Look, face_jpeg: bytes) -> None:
    shown = b"<img src='data:image/jpeg;base64," + base64.b64encode(face_jpeg) + b"'>"
    cells = b"".join(b"<rect x='%d' fill='#%02x%02x00'/>" % (n, n % 251, n % 13) for n in range(600))
    assert isinstance(look(shown + cells), Faces)
    assert look(shown + cells, whole=True) == Unreadable(Reason.UNSUPPORTED_TYPE, "mosaic")


def counted(verdict: Verdict) -> int:
    assert isinstance(verdict, Faces), verdict
    return len(verdict.findings)


def test_whole_every_portrait_counts(look: Look, face_as: Callable[..., bytes], face_jpeg: bytes) -> None:
    portraits = [face_as("JPEG", (200, 200), quality=60 + n) for n in range(10)]
    assert counted(look(zipped(*portraits))) == 1
    assert counted(look(zipped(*portraits), whole=True)) == 10
    assert counted(look(zipped(*[face_jpeg] * 10), whole=True)) == 10  # the same one again is one more
    assert counted(look(zipped(*[zipped(*portraits[:3])] * 4), whole=True)) == 12
    assert counted(look(b"".join(portraits[:3]), whole=True)) == 3  # one behind the other
    shown = [b"<img src='data:;base64," + base64.b64encode(portrait) + b"'>" for portrait in portraits[:4]]
    assert counted(look(b"".join(shown), whole=True)) == 4
    assert counted(look(zipped(portraits[0]), headers=(base64.b64encode(portraits[1]).decode(),), whole=True)) == 2


def test_whole_every_face_of_a_picture_and_of_its_frames_counts(look: Look, face_as: Callable[..., bytes]) -> None:
    portrait = Image.open(io.BytesIO(face_as("PNG", (256, 256)))).convert("RGB")
    group = Image.new("RGB", (768, 512))
    for place in range(6):
        group.paste(portrait, (place % 3 * 256, place // 3 * 256))
    out = io.BytesIO()
    group.save(out, "PNG")
    assert counted(look(out.getvalue(), whole=True)) == 6
    frames = [group.crop((0, 0, width, 256)) for width in (256, 512, 768)]
    canvas = [Image.new("RGB", (768, 256)) for _ in frames]
    for blank, frame in zip(canvas, frames, strict=True):
        blank.paste(frame)
    for kind, options in (("PNG", {"duration": 40}), ("TIFF", {}), ("PDF", {})):
        out = io.BytesIO()
        canvas[0].save(out, kind, save_all=True, append_images=canvas[1:], **options)  # type: ignore[arg-type]
        assert counted(look(out.getvalue())) < 6
        assert counted(look(out.getvalue(), whole=True)) >= 6


def test_whole_a_limit_withholds_what_has_faces(face_jpeg: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    body = zipped(*[face_jpeg] * 8)
    few = replace(Limits(), members=5)
    assert isinstance(inspect(Payload(body), Eager(), few), Faces)
    assert inspect(Payload(body, whole=True), Eager(), few) == Unreadable(Reason.LIMIT_MEMBERS)
    monkeypatch.setattr(walk, "COUNTED", 8)
    assert isinstance(inspect(Payload(body, whole=True), Eager(), Limits()), Faces)
    monkeypatch.setattr(walk, "COUNTED", 7)
    verdict = inspect(Payload(body, whole=True), Eager(), Limits())
    assert verdict == Unreadable(Reason.LIMIT_MEMBERS, "more faces than are counted")


def test_without_whole_the_first_face_ends_the_look(face_jpeg: bytes) -> None:
    class Counting(Eager):
        looks = 0

        def detect(
            self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
        ) -> list[Finding]:
            self.looks += 1
            assert thorough is whole
            return super().detect(picture, tick)

    body = zipped(face_jpeg, *(face_jpeg + bytes([n]) for n in range(3)))
    for whole, looks in ((False, 1), (True, 4)):
        detector = Counting()
        inspect(Payload(body, whole=whole), detector, Limits())
        assert detector.looks == looks
