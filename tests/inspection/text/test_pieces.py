"""base64 and its kin in pieces: a face is found in each, and nothing in lists of keys and hashes."""

import base64
import json
import random
import uuid
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.pieces import columns, lines, scattered
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


XX = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
)


def xxencoded(data: bytes) -> str:
    return "begin 644 x\n" + "".join(f"h{b64(data[at : at + 45]).translate(XX)}\n" for at in range(0, len(data), 45))


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "words of eight": lambda d: " ".join(cut(b64(d), 8)),
    "words of three": lambda d: " ".join(cut(b64(d), 3)),
    "letters with dots": lambda d: ".".join(b64(d)),
    "letters with backslashes": lambda d: "\\".join(b64(d)),
    "letters with spaces": lambda d: " ".join(b64(d)),
    "strings of four": lambda d: json.dumps(cut(b64(d), 4)),
    "base64url of twelve": lambda d: json.dumps(cut(base64.urlsafe_b64encode(d).decode(), 12)),
    "joined array": lambda d: f"[{','.join(map(repr, cut(b64(d), 20)))}].join('')",
    "atob of each": lambda d: "+".join(f'atob("{part}")' for part in cut(b64(d), 24)),
    "keyed": lambda d: json.dumps({f"key{n}": part for n, part in enumerate(cut(b64(d), 16))}),
    "records": lambda d: "\n".join(json.dumps({"id": n, "text": part}) for n, part in enumerate(cut(b64(d), 20))),
    "csv": lambda d: "n,name,part\n" + "\n".join(f"{n},item{n},{part}" for n, part in enumerate(cut(b64(d), 10))),
    "elements": lambda d: "".join(f'<li class="part">{part}</li>' for part in cut(b64(d), 16)),
    "attributes": lambda d: "".join(f'<i data-x="{part}"></i>' for part in cut(b64(d), 32)),
    "custom properties": lambda d: "".join(f"--p{n}: '{part}';\n" for n, part in enumerate(cut(b64(d), 30))),
    "summed": lambda d: "".join(f"s += '{part}';\n" for part in cut(b64(d), 30)),
    "variables": lambda d: "".join(f"var a{n}='{part}';" for n, part in enumerate(cut(b64(d), 40))),
    "comments": lambda d: "/* part */".join(cut(b64(d), 60)),
    "hex lines": lambda d: json.dumps(cut(d.hex(), 64)),
    "hex of seven": lambda d: " ".join(cut(d.hex(), 7)),
    "base32 of eight": lambda d: "-".join(cut(base64.b32encode(d).decode(), 8)),
    "xxencode": xxencoded,
    "gzip-like words": lambda d: " ".join(cut(b64(b"12345678" + d), 64)),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    page = "<!doctype html><p>Words before it, as a page has them, and words behind.</p>\n" * 20
    assert isinstance(look(f"{page}{write(face_as(size=(128, 128)))}\n{page}".encode()), Faces)
    assert isinstance(look(f"{page}{write(plain_as(size=(120, 80)))}\n{page}".encode()), Clear)


DRAW = random.Random(8)


def token(size: int) -> str:
    return b64(DRAW.randbytes(size))


LISTS = {
    "lock file": {
        f"node_modules/{n}": {
            "version": f"{n}.0.{n % 7}",
            "resolved": f"https://registry.example.org/package-{n}/-/package-{n}-{n}.0.{n % 7}.tgz",
            "integrity": f"sha512-{token(64)}",
            "engines": {"node": ">=8"},
        }
        for n in range(400)
    },
    "identifiers": [str(uuid.UUID(int=DRAW.getrandbits(128))) for _ in range(2_000)],
    "hashed names": [f"static/chunk-{DRAW.getrandbits(64):016x}.js" for _ in range(1_000)],
    "tokens": {f"session {n}": f"eyJhbGciOiJIUzI1NiJ9.{token(60)}.{token(32)}" for n in range(40)},
    "hashes with names": [f"{DRAW.getrandbits(256):064x}  file-{n}.txt" for n in range(500)],
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_keys_are_clear(name: str, look: Look) -> None:
    assert isinstance(look(json.dumps(LISTS[name], indent=1).encode()), Clear)


def test_lines_begin_anywhere() -> None:
    rows = cut(b64(b"picture" * 200), 76)
    assert any(b"picture" * 100 in run.data for run in lines([row.encode() for row in ["a" * 41, *rows]]))
    assert not list(lines([b"a" * 100]))


@given(st.binary(max_size=1_000), st.sampled_from([b"/9j/", b"iVBORw ", b"ffd8ff", b"77MP "]))
def test_never_raises(data: bytes, head: bytes) -> None:
    text = head + data * 9 + head * 30
    for runs in (lines([text]), columns(text), scattered(text, text, text)):
        list(runs)
