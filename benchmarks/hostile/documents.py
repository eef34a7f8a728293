"""PDF: a page without end, a stream without end, pages without number, forms that draw each other."""

import zlib

from benchmarks.hostile.case import body, face

PDF = "application/pdf"


def pdf(objects: dict[int, bytes]) -> bytes:
    """Object 1 is the catalogue."""
    data, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    at = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    return data + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def paged(box: bytes, content: bytes, resources: bytes = b"", more: dict[int, bytes] | None = None) -> bytes:
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>" % (box, resources),
        4: content,
    }
    return pdf(objects | (more or {}))


PICTURE = b"/Type/XObject/Subtype/Image/Width 128/Height 128/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"


@body("documents", "PDF, a page of 1,000,000,000 points", "faces", "limit-pixels", "undecodable", kind=PDF)
def wide() -> bytes:
    draw = stream(b"q 100000000 0 0 100000000 0 0 cm /I Do Q")
    return paged(b"0 0 1000000000 1000000000", draw, b"/XObject<</I 5 0 R>>", {5: stream(face(), PICTURE)})


def _noughts(size: int) -> bytes:
    coder = zlib.compressobj(9)
    return b"".join([coder.compress(bytes(1 << 24)) for _ in range(size >> 24)] + [coder.flush()])


@body("documents", "PDF, a stream of 1 GB", "limit-decoded", "limit-time", "limit-memory", kind=PDF)
def long() -> bytes:
    return paged(b"0 0 200 200", stream(_noughts(1 << 30), b"/Filter/FlateDecode"))


@body("documents", "PDF, a stream deflated three times, 16 GB", "limit-decoded", "limit-time", "limit-memory",
      "undecodable", kind=PDF)  # fmt: skip
def thrice() -> bytes:
    data = zlib.compress(zlib.compress(_noughts(1 << 30) * 1, 9), 9)
    return paged(b"0 0 200 200", stream(data, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


@body("documents", "PDF, 5,000 pages", "limit-frames", "limit-members", "clear", kind=PDF)
def pages() -> bytes:
    count = 5_000
    kids = b" ".join(b"%d 0 R" % number for number in range(4, 4 + count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R>>"
    head = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)}
    return pdf(head | {3: stream(b"")} | dict.fromkeys(range(4, 4 + count), page))


@body("documents", "PDF, forms that draw each other 10^9 times", "limit-time", "clear", "undecodable",
      "inspection-failed", kind=PDF)  # fmt: skip
def forms() -> bytes:
    more = {}
    for number in range(5, 14):
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>" % (number + 1)
        more[number] = stream(b"/F Do " * 10, entries)
    more[14] = stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return paged(b"0 0 200 200", stream(b"/F Do"), b"/XObject<</F 5 0 R>>", more)


@body("documents", "PDF, a tree of pages that is a circle", "undecodable", "limit-time", "limit-frames", kind=PDF)
def circle() -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>"})


@body("documents", "PDF, arrays in each other, 1,000,000 deep", "undecodable", "limit-depth", "limit-time",
      "inspection-failed", "unknown-type", "clear", kind=PDF)  # fmt: skip
def nested() -> bytes:
    return paged(b"0 0 9 9", b"[" * 1_000_000 + b"]" * 1_000_000)
