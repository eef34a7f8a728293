"""What nobody can open without a key: withheld because it was not looked at."""

import base64
import hashlib
import io
import json
import zipfile

import py7zr
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from evasion.case import Picture, evasion
from evasion.documents import zipped

KEY = hashlib.sha256(b"evasion").digest()


def sealed(picture: Picture) -> bytes:
    return AESGCM(KEY).encrypt(bytes(12), picture.jpeg, None)


def cbc(data: bytes) -> bytes:
    packer = Cipher(algorithms.AES(KEY[:16]), modes.CBC(bytes(16))).encryptor()
    return packer.update(data + bytes(-len(data) % 16)) + packer.finalize()


def stream(data: bytes) -> bytes:
    return Cipher(algorithms.AES(KEY), modes.CTR(bytes(16))).encryptor().update(data)


WRITERS = {
    "AES-GCM": ("application/octet-stream", sealed),
    "AES-GCM called text": ("text/plain", sealed),
    "AES-GCM called JPEG": ("image/jpeg", sealed),
    "AES-CTR": ("application/octet-stream", lambda picture: stream(picture.jpeg)),
    "AES of an HLS segment": ("video/mp2t", lambda picture: cbc(picture.jpeg)),
    "salted": ("application/octet-stream", lambda picture: b"Salted__" + bytes(8) + cbc(picture.jpeg)),
    "age": ("application/age", lambda picture: b"age-encryption.org/v1\n-> X25519 x\nx\n--- x\n" + sealed(picture)),
    "xor with a key": ("application/octet-stream", lambda p: bytes(b ^ KEY[i % 32] for i, b in enumerate(p.jpeg))),
    "JPEG head, encrypted body": ("image/jpeg", lambda picture: picture.jpeg[:600] + stream(picture.jpeg[600:])),
    "PNG head, encrypted body": ("image/png", lambda picture: picture.png[:33] + stream(picture.png[33:])),
    "base64 of AES": ("text/plain", lambda picture: base64.b64encode(sealed(picture))),
    "base64 of AES in lines": ("text/plain", lambda picture: base64.encodebytes(sealed(picture))),
    "armour of PGP": (
        "text/plain",
        lambda p: b"-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(sealed(p)) + b"-----END PGP MESSAGE-----\n",
    ),
    "AES in JSON": ("application/json", lambda p: json.dumps({"c": base64.b64encode(sealed(p)).decode()}).encode()),
    "JWE": (
        "application/jose",
        lambda p: b"eyJhbGciOiJkaXIifQ..AAAA." + base64.urlsafe_b64encode(sealed(p)).rstrip(b"=") + b".AAAA",
    ),
    "hex of AES": ("text/plain", lambda picture: sealed(picture).hex().encode()),
    "zip of AES": ("application/zip", lambda picture: zipped({"a.bin": sealed(picture)})),
}
for name, (kind, write) in WRITERS.items():
    evasion("opq", name, kind, open=False)(write)


@evasion("opq", "encrypted zip", "application/zip", open=False)
def encrypted_zip(picture: Picture) -> bytes:
    """The flag is set, and the bytes are not to be had without the key."""
    data = bytearray(zipped({"a.jpg": stream(picture.jpeg)}, zipfile.ZIP_STORED))
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


@evasion("opq", "encrypted 7z", "application/x-7z-compressed", open=False)
def encrypted_seven(picture: Picture) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password="key", header_encryption=True) as archive:
        archive.writestr(picture.jpeg, "a.jpg")
    return out.getvalue()
