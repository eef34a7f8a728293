"""Standard ways to write bytes as text: a face is found in each, and nothing ordinary is."""

import base64
import json
import quopri
import urllib.parse
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.disguise import escaped
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def rows(data: bytes, size: int = 76) -> list[str]:
    text = base64.b64encode(data).decode()
    return [text[at : at + size] for at in range(0, len(text), size)]


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "json, escaped": lambda data: json.dumps({"picture": data.decode("latin-1")}),
    "json, utf-8": lambda data: json.dumps({"picture": data.decode("latin-1")}, ensure_ascii=False),
    "script": lambda data: "x = '" + "".join(f"\\x{byte:02x}" for byte in data) + "'",
    "octal": lambda data: 'char x[] = "' + "".join(f"\\{byte:03o}" for byte in data) + '";',
    "python": lambda data: f"x = {data!r}",
    "entities": lambda data: "<p>" + "".join(f"&#{byte};" for byte in data) + "</p>",
    "hex entities": lambda data: "<p>" + "".join(f"&#x{byte:x};" for byte in data) + "</p>",
    "percent": lambda data: "x=" + urllib.parse.quote_from_bytes(data),
    "quoted-printable": lambda data: "Subject: x\n\n" + quopri.encodestring(data).decode(),
    "json array": lambda data: json.dumps(rows(data)),
    "json objects": lambda data: json.dumps([{"line": row} for row in rows(data)]),
    "csv": lambda data: "\n".join(f"{number},{row}" for number, row in enumerate(rows(data))),
    "paragraphs": lambda data: "".join(f"<p>{row}</p>" for row in rows(data)),
    "mail quote": lambda data: "\n".join(f"> {row}" for row in rows(data)),
    "script, summed": lambda data: "".join(f'x+="{row}";\n' for row in rows(data)),
    "comments": lambda data: "<!-- -->".join(rows(data)),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(write(face_as(size=(160, 160))).encode()), Faces)
    if spelling != "json, utf-8":  # an alphabet that nobody writes: opaque, whatever it says
        assert isinstance(look(write(plain_as(size=(160, 160))).encode()), Clear)


def test_what_only_looks_like_it_is_clear(look: Look) -> None:
    lists = json.dumps([base64.b64encode(bytes([n % 256]) * 45).decode() for n in range(500)])
    script = "".join(f"s[{n}]='\\u00e9t\\xe9 %20 &#233; =F{n % 10}';\n" for n in range(500))
    for text in (lists, script):
        assert isinstance(look(text.encode()), Clear)


@given(st.binary(max_size=4_000))
def test_any_bytes_are_undone(data: bytes) -> None:
    for repeated in (data, data * 300):
        assert all(isinstance(found, bytes) for found in escaped(repeated))
