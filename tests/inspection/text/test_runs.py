import base64
import binascii
import html
import json
import random
import time
import urllib.parse
from collections.abc import Callable

import pytest
import skimage
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.text.runs import runs
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def chunks(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def uu(data: bytes) -> str:
    lines = "".join(binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45))
    return f"begin 644 x\n{lines}`\nend\n"


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "data uri": lambda d: f'<img src="data:image/jpeg;base64,{b64(d)}">',
    "mixed case, parameters": lambda d: f'<img src="DaTa:image/jpeg;a=b;BASE64,{b64(d)}">',
    "percent-encoded base64": lambda d: f"url(data:;base64,{urllib.parse.quote(b64(d), safe='')})",
    "percent-encoded bytes": lambda d: f'<img src="data:image/jpeg,{urllib.parse.quote_from_bytes(d, safe="")}">',
    "html entities": lambda d: '<img src="' + "".join(f"&#{ord(c)};" for c in f"data:;base64,{b64(d)}") + '">',
    "html named entities": lambda d: html.escape(b64(d)).replace("/", "&sol;").replace("+", "&plus;"),
    "json": lambda d: json.dumps({"image": b64(d)}),
    "json, escaped slashes": lambda d: json.dumps({"image": b64(d)}).replace("/", "\\/"),
    "base64url": lambda d: json.dumps({"image": base64.urlsafe_b64encode(d).decode().rstrip("=")}),
    "mime lines": lambda d: "\r\n".join(chunks(b64(d), 76)),
    "script, concatenated": lambda d: "x = " + ' +\n  "'.join(c + '"' for c in chunks('"' + b64(d), 60)),
    "script, escapes": lambda d: "'" + "".join(f"\\x{ord(c):02x}" for c in b64(d)) + "'",
    "bytes, escaped": lambda d: "'" + "".join(f"\\x{b:02x}" for b in d).replace("\\x", "") + "'",
    "server-sent events": lambda d: "data: " + "\ndata: ".join(chunks(b64(d), 76)),
    "hex": lambda d: d.hex(),
    "decimal list": lambda d: f"new Uint8Array({list(d)})",
    "hex list": lambda d: ", ".join(f"0x{b:02x}" for b in d),
    "base32": lambda d: base64.b32encode(d).decode(),
    "ascii85": lambda d: "<~" + base64.a85encode(d).decode() + "~>",
    "base85": lambda d: base64.b85encode(d).decode(),
    "uuencode": uu,
    "base64 twice": lambda d: b64(b64(d).encode()),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_in_text_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(write(face_as("JPEG", (320, 320))).encode()), Faces)
    assert isinstance(look(write(plain_as("JPEG", (300, 200))).encode()), Clear)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_wide_text(charset: str, look: Look, face_jpeg: bytes) -> None:
    page = f'<img src="data:image/jpeg;base64,{b64(face_jpeg)}">'
    assert isinstance(look(page.encode(charset), content_type="text/html"), Faces)


def test_headers(look: Look, face_as: Callable[..., bytes]) -> None:
    value = f"i={urllib.parse.quote(b64(face_as('JPEG', (200, 200), quality=60)))}; Path=/"
    assert isinstance(look(b"ok", headers=(value,)), Faces)


@pytest.mark.parametrize(
    "spell",
    [b64, bytes.hex, lambda d: base64.b32encode(d).decode(), lambda d: base64.b85encode(d).decode()],
)
def test_what_nobody_can_name_is_opaque(spell: Callable[[bytes], str], look: Look) -> None:
    noise = random.Random(1)
    assert look(f"x = '{spell(noise.randbytes(20_000))}'".encode()).why is Reason.OPAQUE_TEXT  # type: ignore[union-attr]  # fails when clear
    assert isinstance(look(f"x = '{spell(noise.randbytes(1_000))}'".encode()), Clear)


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "text/html; charset=koi8-r"])
def test_a_picture_in_letters_beyond_ascii_is_not_clear(
    content_type: str, look: Look, face_as: Callable[..., bytes]
) -> None:
    picture = face_as("JPEG", (200, 200))
    chinese = "".join(chr(0x4E00 + byte) for byte in picture)
    bits = f"{int.from_bytes(picture):b}"
    five, seven = (bytes(256 - 2**n + int(bits[at : at + n], 2) for at in range(0, len(bits), n)) for n in (5, 7))
    assert isinstance(look(chinese.encode(), content_type=content_type), Faces)
    assert isinstance(look(chinese[::-1].encode(), content_type=content_type), Unreadable)
    for body in (five, seven):
        assert isinstance(look(body, content_type=content_type), Unreadable)


def test_a_declared_charset_hides_nothing(look: Look, face_as: Callable[..., bytes]) -> None:
    hidden = b"\x1b$B" + b64(face_as("JPEG", (200, 200))).encode() + b"\x1b(B\xff"
    assert isinstance(look(hidden, content_type="text/plain; charset=iso-2022-jp"), Faces)


def test_a_header_of_high_bytes_is_not_clear(look: Look) -> None:
    value = bytes(0x80 | byte & 0x7E for byte in random.Random(1).randbytes(4_000)).decode("utf-8", "surrogateescape")
    assert look(b"ok", headers=(value,)).why is Reason.OPAQUE_TEXT  # type: ignore[union-attr]  # fails when clear


def test_ordinary_text_is_clear(look: Look) -> None:
    """Scripts, styles, pages and tables of installed packages; what decodes to nothing must not raise an alarm."""
    from pathlib import Path

    root = Path(skimage.__file__).parent.parent
    seen = 0
    for package in ("skimage", "click", "jinja2", "rich", "numpy", "mitmproxy/tools/web"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".js", ".css", ".html", ".json", ".txt", ".md", ".csv") and path.stat().st_size:
                assert isinstance(look(path.read_bytes()), Clear), path
                seen += 1
            if seen % 400 == 399:
                break
    assert seen > 200


def test_a_page_takes_less_than_a_few_milliseconds() -> None:
    page = b"<p class=lead>The quick brown fox <a href='/jumps?over=1&amp;the=2'>jumps</a> over.</p>\n" * 420
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        assert not list(runs(page))
        best = min(best, time.perf_counter() - started)
    assert best < 0.01  # 36 KB; under 1 ms on the machine of docs/detector.md


@given(st.binary(max_size=2000))
def test_never_raises(data: bytes) -> None:
    list(runs(data))
