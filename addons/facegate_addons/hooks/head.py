"""A response's head as something that can carry a picture: in one long value, or cut into many short ones.

What is short by itself is joined and looked at together, in the ways that a reader would join it: as sent, in the order
of the names, the values alone, what in them is no word, the names. Decoys between the pieces cost room, and of room a
head has little: what nobody has registered, names and cookies each have a budget.
"""

import re
from collections.abc import Iterable, Sequence

from mitmproxy import http

type Fields = Sequence[tuple[bytes, bytes]]

LOOKED_AT = 256  # characters of one value; the smallest JPEG of a recognisable face needs more than this in base64
LEAST = 600  # characters of all fields together, for the same reason
UNKNOWN_MAX = 16 << 10  # bytes of fields that no standard knows, names included; the largest sites send some 3 KB
COOKIES_MAX = 32 << 10  # bytes of Set-Cookie values; more than browsers send back
NAMES_MAX = 3 << 10  # bytes of the names that no standard knows: a hundred long ones
NAME_MAX = 100  # bytes of one name; the longest in use have about 50
TOKEN = 16  # characters of an unbroken run that is rather data than a word

_TOKENS = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % TOKEN)
_AUTHORITY = re.compile(rb"\w{2,20}://[\w.:-]{1,255}/")  # of a URL, whose path may be the piece
_WORDLESS = re.compile(rb"[A-Za-z0-9]{%d,}" % TOKEN)
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"))
_DIGITS = re.compile(rb"(\d+)")

# Registered for responses (RFC 9110 and the IANA registry), or defined by the web platform.
KNOWN = frozenset(
    b"""accept-ch accept-patch accept-post accept-ranges access-control-allow-credentials access-control-allow-headers
    access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age age
    allow cache-control cache-status cdn-cache-control clear-site-data connection content-disposition content-encoding
    content-language content-length content-location content-md5 content-range content-security-policy
    content-security-policy-report-only content-type critical-ch cross-origin-embedder-policy
    cross-origin-embedder-policy-report-only cross-origin-opener-policy cross-origin-opener-policy-report-only
    cross-origin-resource-policy date deprecation document-policy etag expect-ct expires feature-policy keep-alive
    last-modified link location nel no-vary-search origin-agent-cluster origin-trial p3p permissions-policy
    permissions-policy-report-only pragma priority proxy-status referrer-policy refresh report-to reporting-endpoints
    retry-after server server-timing set-cookie sourcemap strict-transport-security sunset supports-loading-mode
    surrogate-control surrogate-key timing-allow-origin tk transfer-encoding vary via warning www-authenticate
    x-content-type-options x-dns-prefetch-control x-frame-options x-permitted-cross-domain-policies x-powered-by
    x-robots-tag x-ua-compatible x-xss-protection""".split()
)


def excessive(fields: Fields) -> bool:
    """Is there more in this head than its budgets allow?"""
    unknown = [field for field in fields if field[0].lower() not in KNOWN]
    return (
        sum(len(name) + len(value) for name, value in unknown) > UNKNOWN_MAX
        or sum(len(name) for name, _value in unknown) > NAMES_MAX
        or any(len(name) > NAME_MAX for name, _value in unknown)
        or sum(len(value) for name, value in fields if name.lower() == b"set-cookie") > COOKIES_MAX
    )


def looked_at(headers: http.Headers) -> tuple[str, ...]:
    """What of a head inspection is to see as texts: each long value, and the short ones joined."""
    fields: Fields = headers.fields
    alone = [value for _name, value in fields if len(value) > LOOKED_AT]
    if sum(len(name) + len(value) for name, value in fields) > LEAST:
        alone += (text for text in joined(fields) if len(text) > LOOKED_AT)
    return tuple(text.decode("latin-1") for text in dict.fromkeys(alone))


def joined(fields: Fields) -> Iterable[bytes]:
    unknown = [field for field in fields if field[0].lower() not in KNOWN]
    cookies = [_cookie(value) for name, value in fields if name.lower() == b"set-cookie"]
    yield b"".join(value for _name, value in fields)
    yield b", ".join(value for _name, value in fields)  # lists of numbers go on behind a comma
    yield _tokens(fields)
    for some in (unknown, cookies):
        in_order = sorted(some, key=_natural)
        names = [name for name, _value in some]
        yield b"".join(names)
        yield b"".join(_WORDLESS.findall(b"\n".join(names)))
        yield b"".join(value for _name, value in some).translate(None, _NOT_BASE64)
        for order in (some, in_order):
            yield b"".join(value for _name, value in order)
            yield _tokens(order)


def _tokens(fields: Fields) -> bytes:
    values = b"\n".join(value for _name, value in fields)
    return b"".join(_TOKENS.findall(_AUTHORITY.sub(b" ", values)))


def _cookie(value: bytes) -> tuple[bytes, bytes]:
    """Name and value of a Set-Cookie, without its attributes."""
    name, _, rest = value.partition(b";")[0].partition(b"=")
    return name.strip(), rest.strip()


def _natural(field: tuple[bytes, bytes]) -> list[tuple[bool, int, bytes]]:
    """x-2 before x-10."""
    pieces = _DIGITS.split(field[0].lower())
    return [(bool(at % 2), len(piece.lstrip(b"0")) if at % 2 else 0, piece) for at, piece in enumerate(pieces)]
