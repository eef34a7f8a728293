"""How the first bytes of pictures, archives and documents look in base64 and its kin."""

import base64

PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")
HEADS = (*PICTURES, b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF")


def _whole(spelled: bytes, head: bytes, bits: int) -> bytes:
    """Of a spelling, the characters that what follows the head does not change."""
    return spelled[: len(head) * 8 // bits]


def _base64(heads: tuple[bytes, ...]) -> tuple[bytes, ...]:
    written = tuple(_whole(base64.b64encode(head), head, 6) for head in heads)
    return *written, *(head.replace(b"/", b"_") for head in written if b"/" in head)


IN_BASE64 = _base64(HEADS)
PICTURES_IN_BASE64 = _base64(PICTURES)
# a box of a size up to 255 and its type, three bytes before
FTYP_IN_BASE64, FTYP_AT = b"Z0eX", 6
IN_BASE32 = tuple(_whole(base64.b32encode(head), head, 5) for head in HEADS)
IN_HEX = tuple(head.hex().encode() for head in (*HEADS, b"ftyp"))
BACKWARDS = tuple(head[::-1] for head in IN_BASE64)
