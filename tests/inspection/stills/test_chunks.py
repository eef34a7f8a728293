import io
import struct
import zlib
from collections.abc import Callable

import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.stills import chunks
from facegate_addons.inspection.stills.structure import PRIVATE, layout
from PIL import Image

Look = Callable[..., Verdict]
Encode = Callable[..., bytes]
NOISE = bytes((at * at * 7 + at // 3) % 251 for at in range(3 * PRIVATE))


def saved(kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_data(png: bytes, data: bytes) -> bytes:
    return png[:33] + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def rows(png: bytes) -> bytes:
    at, out = 8, b""
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        out += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + size
    return zlib.decompress(out)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I;16"])
def test_ordinary_pictures_need_all_they_have(mode: str) -> None:
    found = layout("png", saved(mode=mode))
    assert found.parts == found.notes == []
    assert not found.unfollowed


def test_behind_the_last_row(look: Look, face_jpeg: bytes) -> None:
    png = saved()
    assert isinstance(look(with_data(png, zlib.compress(rows(png)))), Clear)
    assert isinstance(look(with_data(png, zlib.compress(rows(png) + bytes(20_000)))), Clear)  # padding
    assert isinstance(look(with_data(png, zlib.compress(rows(png) + face_jpeg))), Faces)
    assert isinstance(look(with_data(png, zlib.compress(rows(png)) + face_jpeg)), Faces)
    assert isinstance(look(with_data(png, zlib.compress(rows(png) + NOISE))), Unreadable)


def test_interlaced_rows_are_counted() -> None:
    """Adam7 of 5 x 3: passes of 1x1, 1x1, none, 1x1, 3x1, 2x2 and 5x1 pixels."""
    head = struct.pack(">IIBBBBB", 5, 3, 8, 2, 0, 0, 1)
    assert chunks._rows(head) == 3 * (1 + 3) + (1 + 9) + 2 * (1 + 6) + (1 + 15)


def test_frames_are_measured_each(look: Look) -> None:
    frames = [Image.new("RGB", (64, 64), (at, 2 * at, 3 * at)) for at in (20, 40, 60)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    data = out.getvalue()
    assert isinstance(look(data), Clear)
    at = data.rindex(b"fdAT") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    grown = chunk(b"fdAT", data[at + 8 : at + 8 + size] + NOISE)
    assert isinstance(look(data[:at] + grown + data[at + 12 + size :]), Unreadable)


def test_frames_without_end_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_ROWS_INFLATED", 64 << 20)
    png = saved()
    head = struct.pack(">IIBBBBB", 65535, 65535, 8, 6, 0, 0, 0)
    bomb = zlib.compress(bytes(30 << 20), 9)
    frames = chunk(b"fcTL", struct.pack(">I", 0) + head[:8] + bytes(14)) + chunk(b"fdAT", bytes(4) + bomb)
    assert layout("png", png[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", bomb) + frames * 4).unfollowed


def test_private_chunks(look: Look, face_jpeg: bytes) -> None:
    png = saved()

    def with_chunks(*several: bytes) -> bytes:
        return png[:33] + b"".join(several) + png[33:]

    assert isinstance(look(with_chunks(chunk(b"prVt", NOISE))), Unreadable)
    assert isinstance(look(with_chunks(chunk(b"prVt", NOISE[: PRIVATE - 10]))), Clear)
    assert isinstance(look(with_chunks(chunk(b"caBX", NOISE))), Clear)  # the provenance of C2PA
    pieces = (chunk(b"prVt", face_jpeg[at : at + 1000]) for at in range(0, len(face_jpeg), 1000))
    assert isinstance(look(with_chunks(*pieces)), Faces)
    assert isinstance(look(png[:-12] + chunk(b"IEND", face_jpeg)), Faces)


def test_a_raw_profile_is_read(look: Look, face_jpeg: bytes) -> None:
    digits = face_jpeg.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"Raw profile type exif\0\nexif\n    {len(face_jpeg)}\n{lines}\n".encode()
    png = saved()
    assert isinstance(look(png[:33] + chunk(b"tEXt", text) + png[33:]), Faces)


def test_gif_data_that_no_picture_needs(look: Look, face_as: Encode) -> None:
    gif, small = saved("GIF"), face_as(size=(160, 160))
    blocks = b"".join(bytes([len(small[at : at + 255])]) + small[at : at + 255] for at in range(0, len(small), 255))
    assert isinstance(look(gif), Clear)
    assert isinstance(look(gif[:-2] + blocks + b"\0\x3b"), Faces)
    noise = b"".join(bytes([255]) + NOISE[at : at + 255] for at in range(0, len(NOISE) - 255, 255))
    one_pixel = b"\x2c\0\0\0\0\1\0\1\0\0\x08" + noise + b"\0"
    assert isinstance(look(gif[:-1] + one_pixel + b"\x3b"), Unreadable)


def test_webp_chunks(look: Look, face_jpeg: bytes) -> None:
    webp = saved("WEBP")
    for name in (b"VP8 ", b"ALPH", b"prVt"):
        body = webp[8:] + name + struct.pack("<I", len(face_jpeg)) + face_jpeg + bytes(len(face_jpeg) % 2)
        assert isinstance(look(b"RIFF" + struct.pack("<I", len(body)) + body), Faces)


def blank_and(image: Image.Image, told: bytes, *, early: bool = True) -> bytes:
    """A gray PNG, and a frame behind it that acTL does not tell of."""

    def data(picture: Image.Image) -> bytes:
        file = io.BytesIO()
        picture.save(file, "PNG")
        return b"".join(content for name, content in chunks_of(file.getvalue()) if name == b"IDAT")

    gray = Image.new("RGB", image.size, (90, 120, 90))
    control = struct.pack(">4I", *image.size, 0, 0) + struct.pack(">HHBB", 1, 10, 0, 0)
    head = struct.pack(">2I5B", *image.size, 8, 2, 0, 0, 0)
    first, second, third = (number.to_bytes(4, "big") for number in range(3))
    frames = [(b"fcTL", first + control), (b"IDAT", data(gray)), (b"fcTL", second + control)]
    frames.append((b"fdAT", third + data(image)))
    start = [(b"acTL", told)] if told and early else []
    late = [(b"acTL", told)] if told and not early else []
    every = [(b"IHDR", head), *start, *frames[:2], *late, *frames[2:], (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in every
    )


def chunks_of(data: bytes) -> list[tuple[bytes, bytes]]:
    at, found = 8, []
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


@pytest.mark.parametrize(
    ("told", "early"), [(b"", True), (b"\0\0\0\1" + bytes(4), True), (bytes(8), True), (b"\0\0\0\2" + bytes(4), False)]
)
def test_frames_that_are_not_told_of(told: bytes, early: bool, look: Look) -> None:
    face = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
    plain = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
    assert isinstance(look(blank_and(face, told, early=early)), Faces)
    assert isinstance(look(blank_and(plain, told, early=early)), Clear)


def test_a_second_head_in_a_png(look: Look) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "PNG")
    whole = file.getvalue()
    assert isinstance(look(whole), Clear)
    assert isinstance(look(whole[:33] + whole[8:]), Unreadable)


def test_pictures_in_a_webp_that_says_it_has_one(look: Look) -> None:
    def image(picture: Image.Image) -> bytes:
        file = io.BytesIO()
        picture.save(file, "WEBP")
        return file.getvalue()[12:]

    def riff(content: bytes) -> bytes:
        return b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WEBP" + content

    face = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
    plain = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
    head = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (299).to_bytes(3, "little") * 2
    for shown, verdict in ((face, Faces), (plain, Clear)):
        frame = bytes(6) + (299).to_bytes(3, "little") * 2 + bytes(4) + image(shown)
        unsaid = b"ANMF" + struct.pack("<I", len(frame)) + frame
        assert isinstance(look(riff(image(plain) + image(shown))), verdict)
        assert isinstance(look(riff(head + image(plain) + unsaid)), Faces) == (shown is face)
