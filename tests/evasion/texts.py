"""Pictures written as text: every alphabet, every escape, every language's way to say bytes."""

import base64
import binascii
import gzip
import json
import pickle
import plistlib
import quopri
import struct
import textwrap
import urllib.parse
import zlib
from collections.abc import Callable
from html.entities import codepoint2name
from typing import Literal

from evasion.case import Picture, evasion

B64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


def lines(text: bytes, width: int = 76, end: bytes = b"\n") -> bytes:
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def each(data: bytes, template: str, join: str = "") -> bytes:
    return join.join(template.format(byte) for byte in data).encode()


def base58(data: bytes) -> bytes:
    number, out = int.from_bytes(data), bytearray()
    while number:
        number, rest = divmod(number, 58)
        out.append(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[rest])
    return bytes(out[::-1])


def yenc(data: bytes) -> bytes:
    out = bytearray()
    for byte in data:
        code = (byte + 42) & 255
        out += bytes([61, (code + 64) & 255]) if code in (0, 10, 13, 61) else bytes([code])
    return b"=ybegin line=128 size=%d name=a\r\n%s\r\n=yend size=%d\r\n" % (len(data), bytes(out), len(data))


def uu(data: bytes) -> bytes:
    body = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 a.jpg\n" + body + b"`\nend\n"


def xxd(data: bytes) -> bytes:
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return b"".join(
        b"%08x: %s  ................\n" % (at * 16, row.hex(" ", 2).encode()) for at, row in enumerate(rows)
    )


def html(text: bytes) -> bytes:
    return b"<!doctype html><html><body><p>hello</p>" + text + b"</body></html>"


def uri(data: bytes, head: bytes = b"data:image/jpeg;base64,") -> bytes:
    return head + b64(data)


def img(source: bytes) -> bytes:
    return html(b'<img src="' + source + b'">')


def script(text: bytes) -> bytes:
    return b"'use strict';\nconst p = " + text + b";\nshow(p);\n"


def escaped_json(data: bytes) -> bytes:
    return json.dumps({"p": data.decode("latin-1")}).encode()


PERCENT = b"data:image/jpeg,"
Writer = Callable[[bytes], bytes]
HTML: dict[str, Writer] = {
    "data: URI": lambda data: img(uri(data)),
    "data: URI of mixed case with parameters": lambda data: img(uri(data, b"DaTa:image/JPEG;a=b;x=y;BASE64,")),
    "data: URI without a type": lambda data: img(uri(data, b"data:;base64,")),
    "data: URI percent-encoded": lambda data: img(PERCENT + each(data, "%{:02X}")),
    "data: URI, base64 percent-encoded": lambda data: img(
        uri(b"", b"data:image/jpeg;base64,") + each(b64(data), "%{:02x}")
    ),
    "data: URI, quoted where it must with raw quotes": lambda data: img(
        PERCENT + urllib.parse.quote_from_bytes(data, safe="/'()`<;:@&=+$, ").encode()
    ),
    "data: URI, quoted where it must": lambda data: img(PERCENT + urllib.parse.quote_from_bytes(data).encode()),
    "data: URI in entities": lambda data: img(uri(data).replace(b"/", b"&sol;").replace(b"+", b"&#43;")),
    "data: URI in entities whole": lambda data: img(each(uri(data), "&#{};")),
    "data: URI in hex entities": lambda data: img(each(uri(data), "&#x{:x};")),
    "data: URI with white space in it": lambda data: img(lines(uri(data), 60, b"\n\t ")),
    "srcset": lambda data: html(b'<img srcset="' + uri(data) + b' 2x">'),
    "base64 in an attribute": lambda data: html(b'<div data-p="' + b64(data) + b'"></div>'),
    "base64 in a comment": lambda data: html(b"<!--" + b64(data) + b"-->"),
    "base64 in spans": lambda data: html(lines(b64(data), 60, b"</span><span>")),
    "base64 in table cells": lambda data: html(lines(b64(data), 44, b"</td><td>")),
    "template": lambda data: html(b"<template>" + uri(data) + b"</template>"),
    "iframe srcdoc": lambda data: html(b"<iframe srcdoc='&lt;img src=&quot;" + uri(data) + b"&quot;&gt;'></iframe>"),
    "bytes as entities": lambda data: html(each(data, "&#{};")),
}
for name, write in HTML.items():
    evasion("uri", f"HTML: {name}", "text/html")(lambda picture, write=write: write(picture.jpeg))

CSS: dict[str, Writer] = {
    "url()": lambda data: b"body{background:url(" + uri(data) + b")}",
    "url() with escapes": lambda data: b"a{background:url('" + uri(data).replace(b"/", b"\\2f ") + b"')}",
    "url() over lines": lambda data: b"a{background:url('" + lines(uri(data), 70, b"\\\n") + b"')}",
    "variable": lambda data: b":root{--p:'" + b64(data) + b"'}",
    "comment": lambda data: b"/* " + lines(b64(data)) + b" */",
}
for name, write in CSS.items():
    evasion("uri", f"CSS: {name}", "text/css")(lambda picture, write=write: write(picture.jpeg))

SCRIPTS: dict[str, Writer] = {
    "concatenation": lambda data: script(b'"' + lines(b64(data), 60, b'" +\n  "') + b'"'),
    "concatenation by dots": lambda data: script(b"'" + lines(b64(data), 60, b"' . '") + b"'"),
    "array joined": lambda data: script(b'["' + lines(b64(data), 60, b'", "') + b'"].join("")'),
    "template over lines": lambda data: script(b"`" + lines(b64(data), 60) + b"`"),
    "Uint8Array": lambda data: script(b"new Uint8Array([" + each(data, "{}", ",") + b"])"),
    "Uint8Array over lines": lambda data: script(
        b"[\n" + textwrap.fill(each(data, "{}", ", ").decode(), 100).encode() + b"\n]"
    ),
    "hexadecimal array": lambda data: script(b"[" + each(data, "0x{:02x}", ", ") + b"]"),
    "signed bytes": lambda data: script(b"[" + ",".join(str((b ^ 128) - 128) for b in data).encode() + b"]"),
    "32-bit words": lambda data: script(
        b"[" + ",".join(str(int.from_bytes(data[i : i + 4])) for i in range(0, len(data), 4)).encode() + b"]"
    ),
    "numbers as text": lambda data: script(b'"' + each(data, "{}", ",") + b'".split(",")'),
    "numbers with spaces": lambda data: script(b'"' + each(data, "{}", " ") + b'".split(" ")'),
    "fromCharCode": lambda data: script(b"String.fromCharCode(" + each(data, "{}", ",") + b")"),
    "an object of numbers": lambda data: script(
        b"{" + ",".join(f'"{i}":{b}' for i, b in enumerate(data)).encode() + b"}"
    ),
    "escapes \\x": lambda data: script(b'"' + each(data, "\\x{:02x}") + b'"'),
    "escapes \\u": lambda data: script(b'"' + each(data, "\\u{:04x}") + b'"'),
    "escapes \\u{}": lambda data: script(b'"' + each(data, "\\u{{{:x}}}") + b'"'),
    "octal escapes": lambda data: script(b'"' + each(data, "\\{:03o}") + b'"'),
    "hex concatenated": lambda data: script(b'"' + lines(data.hex().encode(), 64, b'" + "') + b'"'),
    "backwards": lambda data: script(b'"' + b64(data)[::-1] + b'".split("").reverse().join("")'),
    "source map": lambda data: (
        script(b"1") + b"//# sourceMappingURL=data:application/json;base64," + b64(b'{"p":"' + b64(data) + b'"}')
    ),
    "BigInt": lambda data: script(b"0x" + data.hex().encode() + b"n"),
}
for name, write in SCRIPTS.items():
    evasion("uri", f"script: {name}", "application/javascript")(
        lambda picture, write=write: write(picture.small(200).jpeg)
    )

JSON: dict[str, Writer] = {
    "base64": lambda data: json.dumps({"p": b64(data).decode()}).encode(),
    "base64, slashes escaped": lambda data: json.dumps({"p": b64(data).decode()}).replace("/", "\\/").encode(),
    "base64, unicode escapes": lambda data: b'{"p":"' + each(b64(data), "\\u{:04x}") + b'"}',
    "base64 in pieces": lambda data: json.dumps({"p": lines(b64(data), 400).decode().split("\n")}).encode(),
    "base64url without padding": lambda data: json.dumps(
        {"p": base64.urlsafe_b64encode(data).rstrip(b"=").decode()}
    ).encode(),
    "the bytes as characters": escaped_json,
    "the bytes as UTF-8": lambda data: json.dumps({"p": data.decode("latin-1")}, ensure_ascii=False).encode(),
    "list of numbers": lambda data: json.dumps(list(data)).encode(),
    "list of lists": lambda data: json.dumps([list(data[at : at + 64]) for at in range(0, len(data), 64)]).encode(),
    "Buffer": lambda data: json.dumps({"type": "Buffer", "data": list(data)}).encode(),
    "hex": lambda data: json.dumps({"p": data.hex()}).encode(),
    "base64 of gzip": lambda data: json.dumps({"p": b64(gzip.compress(data)).decode()}).encode(),
    "base64 of zlib": lambda data: json.dumps({"p": b64(zlib.compress(data)).decode()}).encode(),
    "base64 of a frame of base64": lambda data: json.dumps({"p": b64(b"\0\0\0\x12\x34" + b64(data)).decode()}).encode(),
    "base64 twice": lambda data: json.dumps({"p": b64(b64(data)).decode()}).encode(),
    "base64 three times": lambda data: json.dumps({"p": b64(b64(b64(data))).decode()}).encode(),
    "hex of base64": lambda data: json.dumps({"p": b64(data).hex()}).encode(),
    "JSON in JSON": lambda data: json.dumps({"p": json.dumps({"q": b64(data).decode()})}).encode(),
}
# a piece that begins as a picture and breaks off; an alphabet of bytes, of which nobody says where it begins
CLOSED = ("base64 in pieces", "the bytes as UTF-8")
for name, write in JSON.items():
    evasion("uri", f"JSON: {name}", "application/json", open=name not in CLOSED)(
        lambda picture, write=write: write(picture.small(160).jpeg)
    )

OTHERS: dict[str, Writer] = {
    "base64 in lines": lambda data: lines(b64(data)),
    "base64 in lines of 20": lambda data: lines(b64(data), 20),
    "base64 with CR only": lambda data: lines(b64(data), 64, b"\r"),
    "base64 with a star in each line": lambda data: lines(b64(data), 64, b"*\n"),
    "PEM": lambda data: b"-----BEGIN X-----\n" + lines(b64(data), 64) + b"\n-----END X-----\n",
    "IMAP base64": lambda data: b64(data).replace(b"/", b","),
    "base32": base64.b32encode,
    "base32 in small letters": lambda data: base64.b32encode(data).lower(),
    "base32hex": base64.b32hexencode,
    "ascii85": base64.a85encode,
    "ascii85 of Adobe": lambda data: base64.a85encode(data, adobe=True, wrapcol=72),
    "base85": base64.b85encode,
    "Z85": getattr(base64, "z85encode", base64.b85encode),
    "base58": lambda data: base58(data),
    "uuencode": uu,
    "yEnc": yenc,
    "quoted-printable": quopri.encodestring,
    "hex": lambda data: data.hex().encode(),
    "hex in capitals": lambda data: data.hex().upper().encode(),
    "hex with spaces": lambda data: data.hex(" ").encode(),
    "hex with colons": lambda data: data.hex(":").encode(),
    "hex in lines": lambda data: lines(data.hex().encode(), 64),
    "hex dump": xxd,
    "Intel hex": lambda data: b"\n".join(
        b":10%04X00%s00" % (at & 0xFFFF, data[at : at + 16].hex().upper().encode()) for at in range(0, len(data), 16)
    ),
    "binary digits": lambda data: each(data, "{:08b}"),
    "octal": lambda data: each(data, "{:03o}", " "),
    "decimal without commas": lambda data: each(data, "{:03d}"),
    "C source": lambda data: (
        b"static const unsigned char p[] = {\n"
        + textwrap.fill(each(data, "0x{:02x}", ", ").decode(), 90).encode()
        + b"\n};\n"
    ),
    "XML": lambda data: b"<?xml version='1.0'?><a><![CDATA[" + lines(b64(data)) + b"]]></a>",
    "YAML": lambda data: b"p: !!binary |\n  " + lines(b64(data), 70, b"\n  ") + b"\n",
    "CSV": lambda data: b"id,p\n1," + b64(data) + b"\n",
    "CSV, a piece a row": lambda data: (
        b"id,p\n" + b"".join(b"%d,%s\n" % (at, row) for at, row in enumerate(lines(b64(data), 60).split(b"\n")))
    ),
    "Markdown": lambda data: b"# hello\n![p](" + uri(data) + b")\n",
    "TOML": lambda data: b'[a]\np = """\\\n' + lines(b64(data), 76, b"\\\n") + b'"""\n',
    "SQL": lambda data: b"INSERT INTO p VALUES (X'" + data.hex().encode() + b"');\n",
    "LDIF": lambda data: b"dn: cn=a\njpegPhoto:: " + lines(b64(data), 76, b"\n ") + b"\n",
    "vCard": lambda data: b"BEGIN:VCARD\r\nPHOTO;ENCODING=b:" + lines(b64(data), 74, b"\r\n ") + b"\r\nEND:VCARD\r\n",
    "base64, letters turned": lambda data: b64(data).translate(bytes.maketrans(B64, B64[13:] + B64[:13])),
    "emoji for nibbles": lambda data: "".join(chr(0x1F600 + n) for b in data for n in (b >> 4, b & 15)).encode(),
    "zero width for bits": lambda data: "".join("​‌"[b >> at & 1] for b in data for at in range(8)).encode(),
    "braille for bytes": lambda data: "".join(chr(0x2800 + b) for b in data).encode(),
    "Chinese for pairs of bytes": lambda data: "".join(chr(0x4E00 + (b & 0xFF)) for b in data).encode(),
    "words for bytes": lambda data: b" ".join(
        b"w" + "abcdefghijklmnop"[b >> 4].encode() + "abcdefghijklmnop"[b & 15].encode() for b in data
    ),
}


def numbered(size: int, order: Literal["big", "little"], template: str) -> Writer:
    return lambda data: ",".join(
        template.format(int.from_bytes(data[at : at + size].ljust(size, b"\0"), order))
        for at in range(0, len(data), size)
    ).encode()


def rows(head: str, template: str) -> Writer:
    return lambda data: b"\n".join(
        head.format(at).encode() + each(data[at : at + 8], template, ",") for at in range(0, len(data), 8)
    )


def in_base(base: int) -> Writer:
    def write(data: bytes) -> bytes:
        number, out = int.from_bytes(data), bytearray()
        while number:
            number, rest = divmod(number, base)
            out.append(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest])
        return bytes(out[::-1])

    return write


def in_letters(letters: bytes) -> Writer:
    return lambda data: b64(data).rstrip(b"=").translate(bytes.maketrans(B64, letters))


def in_letters_of_32(letters: bytes) -> Writer:
    return lambda data: (
        base64.b32encode(data).rstrip(b"=").translate(bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", letters))
    )


def in_page(page: str) -> Writer:
    return lambda data: json.dumps(data.decode(page)).encode()


UPPER, LOWER, DIGITS = B64[:26], B64[26:52], B64[52:62]
RECORDS: dict[str, Writer] = {
    "objects of a number": lambda data: json.dumps([{"v": byte} for byte in data]).encode(),
    "objects of many numbers": lambda data: json.dumps([[at, 7, 9, 3, byte] for at, byte in enumerate(data)]).encode(),
    "tags of numbers": lambda data: b"<a>" + each(data, "<int>{}</int>") + b"</a>",
    "a pickle of numbers": lambda data: pickle.dumps(list(data), 0),
    "a property list of numbers": lambda data: plistlib.dumps(list(data)),
    "rows of six numbers": lambda data: "\n".join(f"{at},1,2,3,4,{byte}" for at, byte in enumerate(data)).encode(),
    "casts": lambda data: each(data, "(byte)0x{:02x}", ","),
    "numbers with suffixes": lambda data: each(data, "{}u8", ", "),
    "assembly": rows("  .byte ", "0x{:02x}"),
    "Intel's assembly": rows("  db ", "0{:02x}h"),
    "Verilog": lambda data: each(data, "8'h{:02x}", ","),
    "BASIC": rows("{} DATA ", "{}"),
    "Smalltalk": lambda data: each(data, "16r{:02X}", " "),
    "calls": lambda data: each(data, "chr({})", "+"),
    "assignments": lambda data: "".join(f"w[{at}]={byte};" for at, byte in enumerate(data)).encode(),
    "escapes \\o{}": lambda data: each(data, "\\o{{{:o}}}"),
    "escapes %u": lambda data: each(data, "%u00{:02x}"),
    "octal of Rust": lambda data: each(data, "0o{:o}", ","),
    "binary of C": lambda data: each(data, "0b{:08b}", ","),
    "24-bit words": numbered(3, "big", "{}"),
    "48-bit words": numbered(6, "big", "{}"),
    "64-bit words": numbered(8, "little", "{}n"),
    "64-bit words, hexadecimal": numbered(8, "little", "0x{:016x}"),
    "doubles": lambda data: ",".join(map(repr, struct.unpack(f"<{len(data) // 8}d", data[: len(data) & ~7]))).encode(),
    "reals": lambda data: each(data, "{:.6e}", ","),
    **{f"one number in base {base}": in_base(base) for base in (3, 10, 35, 52)},
    "one number in base 36, in capitals": lambda data: in_base(36)(data).upper(),
    "base64 of crypt": in_letters(b"./" + DIGITS + UPPER + LOWER),
    "base64 of bcrypt": in_letters(b"./" + UPPER + LOWER + DIGITS),
    "base64 of radix64": in_letters(DIGITS + UPPER + LOWER + b"+/"),
    "base64 with a tilde": in_letters(B64[:62] + b"~-"),
    "base64, cases exchanged": lambda data: b64(data).swapcase(),
    "base64 in lines, each backwards": lambda data: b"\n".join(line[::-1] for line in lines(b64(data)).split(b"\n")),
    "base64 in lines, the last first": lambda data: b"\n".join(lines(b64(data)).split(b"\n")[::-1]),
    "base32 of Crockford": in_letters_of_32(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
    "z-base-32": in_letters_of_32(b"ybndrfg8ejkmcpqxot1uwisza345h769"),
    "Bech32": in_letters_of_32(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
    "hex from a to p": lambda data: (
        data.hex().encode().translate(bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop"))
    ),
    "hex, nibbles exchanged": lambda data: "".join(f"{byte:02x}"[::-1] for byte in data).encode(),
    **{f"escapes of {page}": in_page(page) for page in ("cp437", "cp850", "cp866", "koi8_r", "mac_roman", "cp037")},
    "named entities": lambda data: "".join(
        f"&{codepoint2name[byte]};" if byte in codepoint2name else f"&#{byte};" for byte in data
    ).encode(),
    "surrogates": lambda data: json.dumps(data.decode("ascii", "surrogateescape")).encode(),
    "escapes from U+0100 on": lambda data: json.dumps("".join(chr(0x100 + byte) for byte in data)).encode(),
    "base64 in EBCDIC": lambda data: b64(data).decode().encode("cp037"),
    "base64 with nothing of a width between": lambda data: "\u200b".join(b64(data).decode()).encode(),
    "words for bits": lambda data: each(data, "{:08b}").replace(b"0", b"zero ").replace(b"1", b"one "),
}
# runs of 8,000 letters that decode to nothing known in everybody's alphabet are withheld, whatever they are
LONG = (
    "base64 of radix64",
    "base64, cases exchanged",
    "base64 in lines, each backwards",
    "base64 in lines, the last first",
    "hex, nibbles exchanged",
    "base64 in EBCDIC",
)
for name, write in RECORDS.items():
    evasion("uri", f"text: {name}", "text/plain", open=name not in LONG)(
        lambda picture, write=write: write(picture.small(128).jpeg)
    )

# no gate knows every alphabet: an own one that looks like ordinary text, or like any other list of numbers
RESIDUAL = ("words for bytes",)
REFUSED = (
    "base64, letters turned",
    "emoji for nibbles",
    "braille for bytes",
    "Chinese for pairs of bytes",
    "base58",
    "binary digits",
    "decimal without commas",
    "base32hex",
    "Z85",
    "yEnc",
)
for name, write in OTHERS.items():
    listed = evasion(
        "uri", f"text: {name}", "text/plain", residual=name in RESIDUAL, open=name not in REFUSED + RESIDUAL
    )
    listed(lambda picture, write=write: write(picture.small(256).jpeg))

for charset in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"):

    @evasion("uri", f"data: URI in {charset}", f"text/html; charset={charset}", open=charset != "cp037")
    def widened(picture: Picture, charset: str = charset) -> bytes:
        return img(uri(picture.jpeg)).decode().encode(charset)


# whoever does not know UTF-7, as all browsers, finds a broken picture
@evasion("uri", "UTF-7", "text/html; charset=utf-7", open=False)
def utf7(picture: Picture) -> bytes:
    return img(uri(picture.jpeg)).decode().encode("utf-7")


# what a browser shows, or a client that reads the text as it is meant puts together
def apart(data: bytes, joint: bytes, every: int = 3) -> bytes:
    return lines(b64(data), every, joint)


JPEG = b"data:image/jpeg;base64,"


def xhtml(code: bytes) -> bytes:
    return b'<html xmlns="http://www.w3.org/1999/xhtml"><style>p{background:url("%s%s")}</style></html>' % (JPEG, code)


def sheet(code: bytes, before: bytes = b"") -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><style>%srect{fill:url("%s%s")}</style></svg>' % (
        before,
        JPEG,
        code,
    )


def form(data: bytes) -> bytes:
    return urllib.parse.urlencode({"p": PERCENT.decode() + urllib.parse.quote_from_bytes(data)}).encode()


def nested(data: bytes) -> bytes:
    return urllib.parse.quote_from_bytes(img(PERCENT + urllib.parse.quote_from_bytes(data).encode())).encode()


def decoys(data: bytes) -> bytes:
    """Pieces as entities, which a comment declares otherwise."""
    comment = b"<!--" + b"".join(b'<!ENTITY e%d "z">' % at for at in range(1_000)) + b"-->"
    return pieces_as_entities(data).replace(b"[<!ENTITY", b"[" + comment + b"<!ENTITY")


def svg(declared: bytes, code: bytes) -> bytes:
    return b'<!DOCTYPE svg [%s]><svg xmlns="http://www.w3.org/2000/svg"><image href="%s%s"/></svg>' % (
        declared,
        JPEG,
        code,
    )


def pieces_as_entities(data: bytes) -> bytes:
    some = lines(b64(data), 60).split(b"\n")
    declared = b"".join(b'<!ENTITY e%d "%s">' % (at, some[at]) for at in reversed(range(len(some))))
    return svg(declared, b"".join(b"&e%d;" % at for at in range(len(some))))


def page_of_page(data: bytes) -> bytes:
    return html(b'<iframe src="data:text/html;base64,' + b64(img(JPEG + apart(data, b"&Tab;"))) + b'"></iframe>')


APART: dict[str, tuple[str, Writer]] = {
    "tabs by name": ("text/html", lambda data: img(JPEG + apart(data, b"&Tab;"))),
    "line ends by name, each character": ("text/html", lambda data: img(JPEG + apart(data, b"&NewLine;", 1))),
    "tabs by number in a page in an attribute": (
        "text/html",
        lambda data: html(b'<iframe srcdoc="<img src=&quot;%s%s&quot;>">' % (JPEG, apart(data, b"&amp;#9;"))),
    ),
    "tabs by name in a page in a URL": ("text/html", page_of_page),
    "line ends in a feed": (
        "application/rss+xml",
        lambda data: b'<rss><item>&lt;img src="%s%s"&gt;</item></rss>' % (JPEG, apart(data, b"&amp;#10;")),
    ),
    "tabs by name in JSON": (
        "application/json",
        lambda data: b'{"html":"<img src=%s%s>"}' % (JPEG, apart(data, b"\\u0026Tab;")),
    ),
    "line ends in JSON, each character": ("application/json", lambda data: b'{"p":"%s"}' % apart(data, b"\\n", 1)),
    "tabs of CSS": ("text/css", lambda data: b'p{background:url("%s%s")}' % (JPEG, apart(data, b"\\9 "))),
    "line ends of CSS": ("text/css", lambda data: b'p{background:url("%s%s")}' % (JPEG, apart(data, b"\\a\n", 2))),
    "tabs of CSS in six digits": (
        "text/css",
        lambda data: b'p{background:url("%s%s")}' % (JPEG, apart(data, b"\\000009", 60)),
    ),
    "ISO 2022, lines": ("text/html; charset=iso-2022-jp", lambda data: img(JPEG + apart(data, b"\x1b(B", 40))),
    "ISO 2022, Roman": ("text/html; charset=iso-2022-jp", lambda data: img(JPEG + apart(data, b"\x1b(J"))),
    "instructions": ("application/xhtml+xml", lambda data: xhtml(apart(data, b"<?x?>"))),
    "comments": ("application/xhtml+xml", lambda data: xhtml(apart(data, b"<!---->"))),
    "elements": ("image/svg+xml", lambda data: sheet(apart(data, b"<g/>", 7))),
    "elements with letters of their own": ("image/svg+xml", lambda data: sheet(apart(data, b"<g x='>'>Q0pF</g>", 20))),
    "elements in a page": ("text/html", lambda data: html(sheet(apart(data, b"<g></g>", 11)))),
    "CDATA": (
        "application/xhtml+xml",
        lambda data: xhtml(b"<![CDATA[" + apart(data, b"]]><![CDATA[") + b"]]>"),
    ),
    "an entity of its own": ("image/svg+xml", lambda data: svg(b'<!ENTITY t "&#9;">', apart(data, b"&t;"))),
    "pieces as entities": ("image/svg+xml", pieces_as_entities),
    "percent-encoded, a line each": (
        "text/html",
        lambda data: img(PERCENT + b"\n".join(b"%%%02x" % byte for byte in data)),
    ),
    "per cent signs by name": ("text/html", lambda data: img(PERCENT + each(data, "&percnt;{:02x}"))),
    "per cent signs of a script": (
        "text/html",
        lambda data: html(b'<script>i.src="' + PERCENT + each(data, "\\x25{:02x}") + b'"</script>'),
    ),
    "per cent signs of JSON": (
        "application/json",
        lambda data: b'{"p":"' + PERCENT + each(data, "\\u0025{:02x}") + b'"}',
    ),
    "per cent signs joined": (
        "text/html",
        lambda data: html(b'<script>i.src="' + PERCENT + each(data, '%"+"{:02x}') + b'"</script>'),
    ),
    "percent-encoded in a form": ("application/x-www-form-urlencoded", form),
    "percent-encoded in a page in a URL": (
        "text/html",
        lambda data: html(b'<iframe src="da\tta:text/html,' + nested(data) + b'">'),
    ),
    "entities with decoys in a comment": ("image/svg+xml", decoys),
    "elements behind what looks like an end": (
        "image/svg+xml",
        lambda data: sheet(b"", b"/*<![CDATA[</style>]]>*/").replace(JPEG, JPEG + apart(data, b"<g>Q0pF</g>", 20)),
    ),
    "a list of characters": ("application/json", lambda data: json.dumps(list(b64(data).decode())).encode()),
    "values of one character": (
        "application/json",
        lambda data: json.dumps([{"c": one} for one in b64(data).decode()]).encode(),
    ),
    "cells of one character": ("text/html", lambda data: html(b"<table><td>" + apart(data, b"<td>", 1))),
    "calls of one character": (
        "application/javascript",
        lambda data: b'a.push("' + apart(data, b'");a.push("', 1) + b'");',
    ),
    "sums of three characters": (
        "application/javascript",
        lambda data: b'let s="' + apart(data, b'";\ns+="') + b'";',
    ),
}
# where the digits of an escape may as well be letters of the next line, and the picture with them is a broken one
MISREAD = {"tabs of CSS in six digits"}
for name, (kind, write) in APART.items():
    evasion("uri", f"apart: {name}", kind, open=name not in MISREAD)(lambda picture, write=write: write(picture.jpeg))
