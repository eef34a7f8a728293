"""Texts that are long where a reader looks twice: entities, runs of one beginning, and pictures without number."""

import base64
import functools
import io
import random

from PIL import Image

from benchmarks.hostile.case import body, face

SIZE = 16 << 20  # bytes of a trap; limits.body is four times that
CLEAR_OR_LIMIT = ("clear", "limit-time", "limit-members", "limit-decoded", "opaque-text", "limit-memory")
HTML = "text/html; charset=utf-8"


def _end() -> bytes:
    return b'\n<img src="data:image/jpeg;base64,' + base64.b64encode(face()) + b'">\n'


def _laughs(name: str, levels: int = 10) -> bytes:
    """Each entity stands for ten of the one before; the last for `10 ** levels` words."""
    entities = b'<!ENTITY a0 "lol">'
    for level in range(1, levels):
        entities += f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">'.encode()
    return b"<?xml version='1.0'?><!DOCTYPE %s [%s]>" % (name.encode(), entities)


LAUGHED = ("undecodable", "limit-decoded", "unsupported-type", "opaque-text", "limit-time", "faces")


@body("texts", "XML, a billion laughs", *LAUGHED, kind="application/xml")
def laughs() -> bytes:
    return _laughs("x") + b"<x>&a9;" + _end() + b"</x>"


@body("texts", "SVG, a billion laughs", *LAUGHED, kind="image/svg+xml")
def svg() -> bytes:
    return _laughs("svg") + b'<svg xmlns="http://www.w3.org/2000/svg"><text>&a9;</text>' + _end() + b"</svg>"


@body("texts", "XML, one long entity 100,000 times", *LAUGHED, kind="application/xml")
def quadratic() -> bytes:
    entity = b'<!ENTITY a "' + b"a" * 100_000 + b'">'
    return b"<?xml version='1.0'?><!DOCTYPE x [" + entity + b"]><x>" + b"&a;" * 100_000 + _end() + b"</x>"


@body("texts", "XML, entities that name each other", *LAUGHED, kind="application/xml")
def mutual() -> bytes:
    return b"<!DOCTYPE x [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><x>&a;" + _end() + b"</x>"


@body("texts", "SVG, drawn 1,000,000 times by use of use", "unsupported-type", "undecodable", "limit-members",
      "limit-time", "faces", kind="image/svg+xml")  # fmt: skip
def uses() -> bytes:
    """As many laughs, in shapes."""
    groups = b'<g id="g0"><rect width="1" height="1"/></g>'
    for level in range(1, 7):
        groups += b'<g id="g%d">%s</g>' % (level, b'<use href="#g%d"/>' % (level - 1) * 10)
    return b'<svg xmlns="http://www.w3.org/2000/svg"><defs>' + groups + b'</defs><use href="#g6"/>' + _end() + b"</svg>"


@body("texts", "a page of 100,000 pictures", "limit-members", "limit-time", kind=HTML)
def pictures() -> bytes:
    """All unlike each other, the last one with a face."""
    tiny = []
    for number in range(100_000):
        out = io.BytesIO()
        Image.new("RGB", (1, 1), (number & 255, number >> 8 & 255, number >> 16)).save(out, "GIF")
        tiny.append(b'<img src="data:image/gif;base64,' + base64.b64encode(out.getvalue()) + b'">')
    return b"<!doctype html>" + b"\n".join(tiny) + _end()


@functools.cache
def _letters() -> bytes:
    """As base64 has them, of nothing."""
    return base64.b64encode(random.Random(1).randbytes(SIZE * 3 // 4))


RUNS = {
    "data:": lambda: b"data:" * (SIZE // 5),
    "data:image/png;base64,": lambda: b"data:image/png;base64," * (SIZE // 22),
    "&": lambda: b"&" * SIZE,
    "&#": lambda: b"&#" * (SIZE // 2),
    "&amp;": lambda: b"&amp;" * (SIZE // 5),
    "backslashes": lambda: b"\\" * SIZE,
    "\\u00": lambda: b"\\u00" * (SIZE // 4),
    "<!--": lambda: b"<!--" * (SIZE // 4),
    "<": lambda: b"<" * SIZE,
    "<a ": lambda: b"<a " * (SIZE // 3),
    "quotes": lambda: b"\"'" * (SIZE // 2),
    "/*": lambda: b"/*" * (SIZE // 2),
    "%": lambda: b"%4" * (SIZE // 2),
    "=": lambda: b"=\n" * (SIZE // 2),
    "[": lambda: b"[" * SIZE,
    "(": lambda: b"(" * SIZE,
    "{": lambda: b'{"a":' * (SIZE // 5),
    "spaces": lambda: b" " * SIZE,
    "line ends": lambda: b"\r\n" * (SIZE // 2),
    "digits": lambda: b"0123456789, " * (SIZE // 12),
    "hex": lambda: random.Random(2).randbytes(SIZE // 2).hex().encode(),
    "letters of base64": _letters,
    "letters of base64 in lines": lambda: b"\n".join(_letters()[at : at + 76] for at in range(0, SIZE, 76)),
    "begin 644": lambda: b"begin 644 a\n" * (SIZE // 12),
    "--boundary": lambda: b"--boundary\r\n\r\n" * (SIZE // 14),
    "commas": lambda: b"," * SIZE,
    "url(": lambda: b"url(" * (SIZE // 4),
    "+AGEA": lambda: b"+AGEA" * (SIZE // 5),
}
for _name, _make in RUNS.items():

    @body("runs", _name, *CLEAR_OR_LIMIT, "undecodable", "unsupported-type", "limit-depth", kind=HTML)
    def run(make: object = _make) -> bytes:
        assert callable(make)
        data: bytes = make()
        return data


@body("runs", "data: and a face behind it", "faces", "limit-time", "limit-members", "opaque-text", kind=HTML)
def behind() -> bytes:
    return b"data:" * (SIZE // 5) + _end()
