"""Transfer encodings of mail, undone strictly: what decoders make different things of is not decoded (RFC 2045)."""

import binascii
import re

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread

IDENTITY = ("", "7bit", "8bit", "binary")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_SPACE = b" \t\r\n"


def decode(body: bytes, encoding: str, budget: Budget) -> bytes:
    """Raises Unread where the encoding is unknown, or the body is not what it says."""
    encoding = encoding.partition(";")[0].strip().lower()
    if encoding in IDENTITY:
        return body
    decoder = {
        "base64": _base64,
        "quoted-printable": _quoted,
        **dict.fromkeys(("uuencode", "x-uuencode", "x-uue", "uue"), _uuencode),
    }.get(encoding)
    if decoder is None:
        raise Unread(Reason.CODING_UNKNOWN, "transfer encoding")
    budget.decoded(len(body))  # none makes it longer
    try:
        return decoder(body)
    except (binascii.Error, ValueError):
        raise Unread(Reason.UNDECODABLE, "transfer encoding") from None


def _base64(body: bytes) -> bytes:
    """Decoders differ over other characters, and over padding inside: neither may be there."""
    bare = body.translate(None, _SPACE)
    if not _BASE64.fullmatch(bare):
        raise ValueError
    bare = bare.rstrip(b"=")
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def _quoted(body: bytes) -> bytes:
    return binascii.a2b_qp(body)


def _uuencode(body: bytes) -> bytes:
    """One file, from its "begin" line to its "end" line, and nothing around them."""
    lines = body.strip(_SPACE).splitlines()
    if len(lines) < 2 or not lines[0].startswith(b"begin ") or lines[-1].strip() != b"end":
        raise ValueError
    data = [line for line in lines[1:-1] if line.rstrip(b" ") not in (b"", b"`")]
    return b"".join(binascii.a2b_uu(line) for line in data)
