"""Files that are two things at once, or a picture with something before, behind or missing."""

import io
import zipfile

from evasion.case import Picture, evasion, innocent


def stored(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", data)
    return out.getvalue()


JUNK = bytes((at * 131 + 7) % 251 for at in range(1024))
PREFIXES = {
    "1 KB of junk": JUNK,
    "64 KB of junk": JUNK * 64,
    "one newline": b"\n",
    "two zero bytes": b"\0\0",
    "a byte order mark": b"\xef\xbb\xbf",
    "GIF89a": b"GIF89a\x2a\x01\x01\x00\x00\x00\x00/*",
    "a PDF head": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a script": b"#!/bin/sh\nexit 0\n",
    "an HTML comment": b"<!doctype html><html><body>hello<!-- ",
    "a JSON string": b'{"picture": "',
    "RIFF of WAVE": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "an ID3 head": b"ID3\x04\0\0\0\0\0\x0a" + bytes(10),
    "a class file's magic": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "an executable's magic": b"MZ\x90\0" + bytes(60),
    "a bitmap's magic": b"BM" + bytes(24),
    "a length": b"\0\0\xd2\xca",
}
for name, prefix in PREFIXES.items():
    evasion("poly", f"jpeg behind {name}", "image/jpeg", open=False)(
        lambda picture, prefix=prefix: prefix + picture.jpeg
    )

for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "AVIF"):

    @evasion("poly", f"innocent {kind} and a jpeg behind it", f"image/{kind.lower()}")
    def behind(picture: Picture, kind: str = kind) -> bytes:
        return innocent(kind) + picture.jpeg


@evasion("poly", "jpeg and zip", "image/jpeg")
def jpeg_zip(picture: Picture) -> bytes:
    return innocent() + stored(picture.jpeg)


@evasion("poly", "png and html", "image/png", open=False)
def png_html(picture: Picture) -> bytes:
    return innocent("PNG") + b"<html><script>x='" + picture.jpeg + b"'</script></html>"


@evasion("poly", "gif and jar", "image/gif")
def gifar(picture: Picture) -> bytes:
    return innocent("GIF") + stored(picture.jpeg)


@evasion("poly", "text and a raw jpeg in it", "text/html", open=False)
def raw_in_text(picture: Picture) -> bytes:
    return b"<p>hello</p>" * 100 + picture.jpeg + b"<p>bye</p>" * 100


@evasion("poly", "truncated at 60 %", "image/jpeg", open=False)
def truncated(picture: Picture) -> bytes:
    return picture.jpeg[: len(picture.jpeg) * 6 // 10]


@evasion("poly", "truncated at 97 %", "image/jpeg")
def hardly_truncated(picture: Picture) -> bytes:
    return picture.jpeg[: len(picture.jpeg) * 97 // 100]


@evasion("poly", "without the start marker", "image/jpeg", open=False)
def headless(picture: Picture) -> bytes:
    return picture.jpeg[2:]


@evasion("poly", "without the header before the frame", "application/octet-stream", open=False)
def bodiless(picture: Picture) -> bytes:
    return picture.jpeg[20:]


@evasion("poly", "the bytes backwards", "application/octet-stream", open=False)
def backwards(picture: Picture) -> bytes:
    return picture.jpeg[::-1]


@evasion("poly", "every bit flipped", "application/octet-stream", open=False)
def flipped(picture: Picture) -> bytes:
    return bytes(byte ^ 255 for byte in picture.jpeg)


@evasion("poly", "byte pairs swapped", "application/octet-stream", open=False)
def swapped(picture: Picture) -> bytes:
    data = bytearray(picture.jpeg + bytes(len(picture.jpeg) % 2))
    data[::2], data[1::2] = data[1::2], data[::2]
    return bytes(data)


@evasion("poly", "half and half, exchanged", "application/octet-stream", open=False)
def rotated(picture: Picture) -> bytes:
    middle = len(picture.jpeg) // 2
    return picture.jpeg[middle:] + picture.jpeg[:middle]


@evasion("poly", "the third of three jpegs", "image/jpeg")
def third(picture: Picture) -> bytes:
    return innocent() * 2 + picture.jpeg


@evasion("poly", "the hundredth of a hundred jpegs", "video/x-motion-jpeg")
def hundredth(picture: Picture) -> bytes:
    return innocent(side=16) * 99 + picture.jpeg


@evasion("poly", "junk between the segments", "image/jpeg")
def junk_between(picture: Picture) -> bytes:
    jpeg = picture.jpeg
    return jpeg[:2] + b"\xff" * 40 + jpeg[2:]


@evasion("poly", "png with the line ends of another system", "image/png", open=False)
def mangled(picture: Picture) -> bytes:
    return picture.png.replace(b"\r\n", b"\n")
