import base64
import json
import os
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from PIL import ImageCms

Look = Callable[..., Verdict]


def test_time_zones(look: Look, face_jpeg: bytes) -> None:
    assert look(b"TZif2" + bytes(39) + b"TZif2" + bytes(39) + b"\nUTC0\n") == Clear("timezone")
    assert isinstance(look(b"TZif2" + bytes(39) + face_jpeg), Faces)
    assert isinstance(look(b"TZif2" + os.urandom(9_000)), Unreadable)


def test_certificates(look: Look, face_jpeg: bytes) -> None:
    def der(*parts: bytes) -> bytes:
        body = b"".join(b"\4\x82" + len(part).to_bytes(2, "big") + part for part in parts)
        body = b"\x30\x82" + len(body).to_bytes(2, "big") + body
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body

    assert look(der(os.urandom(256), b"name" * 20)) == Clear("der")
    assert isinstance(look(der(face_jpeg)), Faces)
    assert isinstance(look(der(os.urandom(9_000))), Unreadable)
    assert isinstance(look(der(b"name" * 99) + b"x" * 999), Unreadable)


def test_colour_profiles(look: Look, face_jpeg: bytes) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert look(profile) == Clear("icc")
    assert isinstance(look(profile + face_jpeg), Faces)
    assert isinstance(look(profile + os.urandom(900)), Unreadable)


def test_animated_cursors(look: Look, face_as: Callable[..., bytes]) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def ani(*icons: bytes, behind: bytes = b"") -> bytes:
        frames = chunk(b"LIST", b"fram" + b"".join(chunk(b"icon", icon) for icon in icons))
        return chunk(b"RIFF", b"ACON" + chunk(b"anih", bytes(36)) + frames) + behind

    plain = face_as("ICO", size=(16, 16), sizes=[(16, 16)])
    face = face_as("ICO", size=(256, 256), sizes=[(256, 256)])
    assert look(ani(plain)) == Clear("riff")
    assert isinstance(look(ani(plain, face)), Faces)
    assert isinstance(look(ani(plain, behind=face)), Faces)
    assert isinstance(look(ani(os.urandom(900))), Unreadable)


def test_scenes(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    def glb(picture: bytes, geometry: bytes = b"\0\0\x80\x3f" * 99, told: bool = True) -> bytes:
        scene: dict[str, object] = {"bufferViews": [{"byteLength": len(picture)}]}
        if told:
            scene["images"] = [{"bufferView": 0, "mimeType": "image/jpeg"}]
        text = json.dumps(scene).encode()
        text += b" " * (-len(text) % 4)
        block = picture + geometry
        blocks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(block), b"BIN\0") + block
        return b"glTF" + struct.pack("<II", 2, 12 + len(blocks)) + blocks

    assert look(glb(plain_jpeg)) == Clear("glb")
    assert isinstance(look(glb(face_jpeg)), Faces)
    assert isinstance(look(glb(face_jpeg, told=False)), Faces)
    assert isinstance(look(glb(plain_jpeg) + face_jpeg), Faces)
    assert isinstance(look(glb(b"", os.urandom(40_000))), Unreadable)
    uri = json.dumps({"images": [{"uri": "data:image/jpeg;base64," + base64.b64encode(face_jpeg).decode()}]}).encode()
    scene = b"glTF" + struct.pack("<II", 2, 20 + len(uri)) + struct.pack("<I4s", len(uri), b"JSON") + uri
    assert isinstance(look(scene), Faces)


@pytest.mark.parametrize("body", [b"\xabKTX 20\xbb\r\n\x1a\n", b"DRACO\2\2", b"CWS\x0a\0\1", b"RIFF\x20\0\0\0sfbk"])
def test_refused_by_name(body: bytes, look: Look) -> None:
    verdict = look(body + bytes(99))
    assert isinstance(verdict, Unreadable)
    assert verdict.detail
