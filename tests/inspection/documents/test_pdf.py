import base64
import io
import os
import zlib
from collections.abc import Callable

import pytest
import skimage.data
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect
from PIL import Image

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:320, 60:380]


def stream(head: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(body), body)


def pdf(*more: bytes, content: bytes = b"BT /F1 12 Tf (words) Tj ET", page: bytes = b"", catalog: bytes = b"") -> bytes:
    """A page of one sheet; `more` are objects from number 5 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R%s>>" % page,
        stream(b"", content),
        *more,
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    index = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, index)
    return bytes(out)


def image(filters: bytes, body: bytes, more: bytes = b"", colours: bytes = b"RGB") -> bytes:
    head = b"/Type/XObject/Subtype/Image/Width 320/Height 320/BitsPerComponent 8/ColorSpace/Device%s" % colours
    return stream(head + b"/Filter%s%s" % (filters, more), body)


def filtered(rgb: bytes, row: int, kind: int) -> bytes:
    """PNG's predictor `kind`, of three bytes a pixel."""
    out, above = bytearray(), bytes(row)
    for at in range(0, len(rgb), row):
        line = rgb[at : at + row]
        out.append(kind)
        for i, value in enumerate(line):
            a, b, c = (line[i - 3] if i > 2 else 0), above[i], (above[i - 3] if i > 2 else 0)
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            out.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) & 255)
        above = line
    return bytes(out)


SHOWN = b"/Resources<</XObject<</I 5 0 R>>>>"
DRAW = b"q 400 0 0 400 50 50 cm /I Do Q"


def test_text_is_clear(look: Look) -> None:
    assert look(pdf()) == Clear("pdf")
    assert look(pdf(stream(b"/Filter/FlateDecode", zlib.compress(b"words " * 900)))) == Clear("pdf")
    assert look(pdf().rstrip()[:-5]) == Clear("pdf")  # some writers leave the mark of the end out


def test_pictures_that_are_files(
    look: Look, face_jpeg: bytes, plain_jpeg: bytes, face_as: Callable[..., bytes]
) -> None:
    assert look(pdf(image(b"/DCTDecode", plain_jpeg), content=DRAW, page=SHOWN)) == Clear("pdf")
    assert isinstance(look(pdf(image(b"/DCTDecode", face_jpeg), content=DRAW, page=SHOWN)), Faces)
    assert isinstance(look(pdf(image(b"/DCTDecode", face_jpeg))), Faces)  # no page shows it
    assert isinstance(look(pdf(image(b"/JPXDecode", face_as("JPEG2000")))), Faces)
    twice = zlib.compress(base64.a85encode(face_jpeg) + b"~>")
    assert isinstance(look(pdf(image(b"[/FlateDecode/A85/DCT]", twice))), Faces)
    assert isinstance(look(pdf(image(b"/D#43TDecode", face_jpeg))), Faces)


@pytest.mark.parametrize("page", [b"", SHOWN])
def test_raw_samples(page: bytes, look: Look) -> None:
    def verdict(*described: bytes, colours: bytes = b"RGB") -> Verdict:
        return look(pdf(image(*described, colours=colours), content=DRAW if page else b"", page=page))

    rgb = FACE.tobytes()
    assert isinstance(verdict(b"/FlateDecode", zlib.compress(rgb)), Faces)
    assert isinstance(verdict(b"/FlateDecode", zlib.compress(FACE[:, :, 0].tobytes()), colours=b"Gray"), Faces)
    assert isinstance(verdict(b"/AHx", rgb.hex().encode() + b">"), Faces)
    assert verdict(b"/FlateDecode", zlib.compress(bytes(320 * 320 * 3))) == Clear("pdf")


def test_samples_without_a_face_are_clear(look: Look) -> None:
    shades = bytes(range(0, 240, 3)) * 4 * 320
    assert look(pdf(image(b"/FlateDecode", zlib.compress(shades), colours=b"Gray"))) == Clear("pdf")


@pytest.mark.parametrize("kind", range(5))
def test_predictors(kind: int, look: Look) -> None:
    body = zlib.compress(filtered(FACE.tobytes(), 960, kind))
    parameters = b"/DecodeParms<</Predictor 15/Colors 3/Columns 320>>"
    assert isinstance(look(pdf(image(b"/FlateDecode", body, parameters))), Faces)


def test_lzw_and_fax(look: Look) -> None:
    out = io.BytesIO()
    Image.fromarray(FACE).convert("1").save(out, "TIFF", compression="group4")
    tiff = Image.open(io.BytesIO(out.getvalue()))
    start, size = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    body = out.getvalue()[start : start + size]
    head = b"/Type/XObject/Subtype/Image/Width 320/Height 320/BitsPerComponent 1/ColorSpace/DeviceGray"
    fax = stream(head + b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 320/Rows 320>>", body)
    assert isinstance(look(pdf(fax)), Faces)


def test_what_cannot_be_read(look: Look) -> None:
    assert isinstance(look(pdf(image(b"/FlateDecode", zlib.compress(bytes(5))))), Unreadable)
    assert isinstance(look(pdf(image(b"/FlateDecode", b"no zlib at all"))), Unreadable)
    assert isinstance(look(pdf(image(b"/MineDecode", FACE.tobytes()))), Unreadable)
    assert isinstance(look(pdf(image(b" 9 0 R", FACE.tobytes()))), Unreadable)
    assert isinstance(look(pdf(image(b"/JBIG2Decode", os.urandom(900)))), Unreadable)
    assert isinstance(look(pdf(stream(b"/Filter/FlateDecode", zlib.compress(os.urandom(30_000))))), Unreadable)
    assert isinstance(look(b"%PDF-1.7\n" + os.urandom(900)), Unreadable)


def test_drawings(look: Look) -> None:
    """A face of small squares."""
    small = Image.fromarray(FACE).resize((80, 80))
    squares = b"".join(
        b"%.2f %.2f %.2f rg %d %d 7 7 re f\n" % (*(v / 255 for v in small.getpixel((x, y))), 7 * x, 700 - 7 * y)  # type: ignore[union-attr, misc]
        for y in range(80)
        for x in range(80)
    )
    assert isinstance(look(pdf(content=squares)), Faces)
    # outside of what a viewer shows
    assert isinstance(look(pdf(content=squares, page=b"/CropBox[590 790 600 800]")), Faces)
    form = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]", squares)
    assert isinstance(look(pdf(form, content=b"/I Do", page=SHOWN)), Faces)


def test_attachments_and_metadata(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(pdf(stream(b"/Type/EmbeddedFile/Filter/FlateDecode", zlib.compress(face_jpeg)))), Faces)
    assert isinstance(look(pdf(stream(b"/Type/EmbeddedFile", os.urandom(900)))), Unreadable)
    xmp = b"<x:xmpmeta><xmpGImg:image>" + base64.b64encode(face_jpeg) + b"</xmpGImg:image></x:xmpmeta>"
    assert isinstance(look(pdf(stream(b"/Type/Metadata/Subtype/XML", xmp))), Faces)
    assert isinstance(look(pdf(stream(b"/S/JavaScript", b"var x = '" + base64.b64encode(face_jpeg) + b"'"))), Faces)


def test_around_the_document(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(pdf() + face_jpeg), Faces)
    assert isinstance(look(pdf() + os.urandom(900)), Unreadable)
    assert isinstance(look(b"words" + pdf()), Clear)
    assert isinstance(look(os.urandom(900) + pdf()), Unreadable)
    assert isinstance(look(pdf() + face_jpeg + b"%%EOF"), Faces)


def test_old_revisions(look: Look, face_jpeg: bytes) -> None:
    new = (
        b"5 0 obj\n"
        + stream(b"", b"nothing")
        + b"\nendobj\nxref\n0 0\ntrailer<</Root 1 0 R/Size 6>>\nstartxref\n9\n%%EOF\n"
    )
    assert isinstance(look(pdf(image(b"/DCTDecode", face_jpeg)) + new), Faces)


def test_bombs_and_limits(detector: object) -> None:
    tight = Limits(decoded=1 << 20, pixels=1 << 22)
    bomb = pdf(stream(b"/Filter/FlateDecode", zlib.compress(bytes(8 << 20))))
    assert inspect(Payload(bomb), detector, tight) == Unreadable(Reason.LIMIT_DECODED)  # type: ignore[arg-type]
    nested = zlib.compress(zlib.compress(bytes(64 << 20), 9), 9)
    bomb = pdf(stream(b"/Filter[/FlateDecode/FlateDecode]", nested))
    assert inspect(Payload(bomb), detector, tight) == Unreadable(Reason.LIMIT_DECODED)  # type: ignore[arg-type]
    huge = pdf(image(b"/FlateDecode", b"x").replace(b"Width 320", b"Width 99999"))
    assert inspect(Payload(huge), detector, tight) == Unreadable(Reason.LIMIT_PIXELS)  # type: ignore[arg-type]


def test_passwords(look: Look) -> None:
    locked = pdf().replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32),
    )
    assert look(locked) == Unreadable(Reason.ENCRYPTED, "pdf")
