import os
import struct
import zlib
from collections.abc import Callable

import brotli
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
Flavour = Callable[[bytes, str], bytes]


@pytest.mark.parametrize("flavour", ["woff", "woff2"])
def test_fonts_are_clear(flavour: str, look: Look, font: bytes, as_flavour: Flavour) -> None:
    assert look(as_flavour(font, flavour)) == Clear(flavour)


@pytest.mark.parametrize("flavour", ["woff", "woff2"])
def test_a_face_in_a_table(
    flavour: str, look: Look, font_with: Callable[..., bytes], as_flavour: Flavour, face_jpeg: bytes
) -> None:
    assert isinstance(look(as_flavour(font_with(XYZW=face_jpeg), flavour)), Faces)


def test_a_picture_under_a_fonts_name(look: Look, face_as: Callable[..., bytes]) -> None:
    png = face_as("PNG")
    assert isinstance(look(b"wOFF" + zlib.compress(png), content_type="font/woff"), Unreadable)
    assert isinstance(look(b"wOFF\0\1\0\0" + bytes(64) + zlib.compress(png)), Unreadable)
    assert not isinstance(look(b"wOF2" + brotli.compress(png)), Clear)  # what does not shrink stays as it is


@pytest.mark.parametrize(("flavour", "at"), [("woff", 36), ("woff2", 40)])
def test_private_data(flavour: str, at: int, look: Look, font: bytes, as_flavour: Flavour, face_jpeg: bytes) -> None:
    def with_private(private: bytes) -> bytes:
        whole = bytearray(as_flavour(font, flavour))
        whole += bytes(-len(whole) % 4)
        struct.pack_into(">II", whole, at, len(whole), len(private))
        whole += private
        struct.pack_into(">I", whole, 8, len(whole))
        return bytes(whole)

    assert isinstance(look(with_private(face_jpeg)), Faces)
    assert isinstance(look(with_private(os.urandom(2_000))), Unreadable)
    assert look(with_private(b"licensed to nobody")) == Clear(flavour)


@pytest.mark.parametrize("flavour", ["woff", "woff2"])
def test_behind_the_end(flavour: str, look: Look, font: bytes, as_flavour: Flavour, face_jpeg: bytes) -> None:
    whole = as_flavour(font, flavour)
    assert isinstance(look(whole + face_jpeg), Faces)
    assert isinstance(look(whole[:-40]), Unreadable)
    longer = bytearray(whole + os.urandom(1_000))
    struct.pack_into(">I", longer, 8, len(longer))
    assert isinstance(look(bytes(longer)), Unreadable)


def test_bombs(detector: object) -> None:
    tight = Limits(decoded=1 << 20)
    bomb = zlib.compress(bytes(8 << 20), 9)
    head = b"wOFF\0\1\0\0" + struct.pack(">IHHI", 64 + len(bomb), 1, 0, 8 << 20) + bytes(24)
    woff = head + struct.pack(">4s4I", b"glyf", 64, len(bomb), 8 << 20, 0) + bomb
    assert inspect(Payload(woff), detector, tight) == Unreadable(Reason.LIMIT_DECODED)  # type: ignore[arg-type]
    liar = head + struct.pack(">4s4I", b"glyf", 64, len(bomb), len(bomb) + 1, 0) + bomb
    assert inspect(Payload(liar), detector, tight) == Unreadable(Reason.UNDECODABLE, "woff")  # type: ignore[arg-type]
    bomb = brotli.compress(bytes(8 << 20))
    head = b"wOF2\0\1\0\0" + struct.pack(">IHHII", 54 + len(bomb), 1, 0, 8 << 20, len(bomb)) + bytes(24)
    woff2 = head + b"\x00" + b"\x84\x80\x80\x00" + b"" + bomb
    assert isinstance(inspect(Payload(woff2), detector, tight), Unreadable)  # type: ignore[arg-type]


def test_eot(look: Look, font: bytes, face_jpeg: bytes) -> None:
    def eot(inner: bytes, flags: int = 0) -> bytes:
        head = bytes(18) + b"LP" + bytes(46)
        return struct.pack("<4I", 16 + len(head) + len(inner), len(inner), 0x20001, flags) + head + inner

    assert look(eot(font)) == Clear("eot")
    assert isinstance(look(eot(face_jpeg)), Faces)
    assert look(eot(bytes(byte ^ 0x50 for byte in font), 0x1000_0000)) == Clear("eot")
    assert look(eot(font, 4)) == Unreadable(Reason.UNSUPPORTED_TYPE, "eot")
    assert isinstance(look(eot(face_jpeg, 4)), Faces)
    express = b"\3\0\x10\0" + b"\0\0\x20" + b"\0\0\x30"
    assert look(eot(express + bytes(90), 4)) == Clear("eot")
    assert look(eot(express + bytes(9), 4)) == Unreadable(Reason.UNSUPPORTED_TYPE, "eot")
    assert isinstance(look(eot(express + bytes(90) + face_jpeg, 4)), Faces)
    masked = bytes(byte ^ 0x50 for byte in express + bytes(90) + face_jpeg)
    assert isinstance(look(eot(masked, 0x1000_0004)), Faces)
