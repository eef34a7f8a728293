"""The signature that a crawler puts on one request, to say which job it is for. Pure.

    Facegate-Job: job=ID, expires=UNIX, signature=BASE64URL

The signature is an HMAC-SHA256 over five lines: its version, the job, the end of its validity, the method, and the
origin. As with HTTP message signatures (RFC 9421) it covers where the request goes and not how it is spelled; unlike
them it is one field that one line of shell can make.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = "Facegate-Job"
SKEW = 30  # seconds that the crawler's clock may be off
LIFE_MAX = 3600  # seconds: whoever reads a signature along the way can use it for so long
_VERSION = "facegate-job-v1"
_FIELD = re.compile(
    r"job=([a-z0-9][a-z0-9._-]{0,63}),[ \t]*expires=([1-9][0-9]{0,11}),[ \t]*signature=([A-Za-z0-9_-]{43})=?"
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_NO_KEY = bytes(32)


@dataclass(frozen=True, slots=True)
class Signed:
    job: str
    expires: int  # seconds since 1970
    signature: str

    def holds(self, key: bytes | None, method: str, origin: str, now: float, life: float) -> bool:
        """Is it made with `key` for this method and origin, and neither past its end nor more than `life` seconds
        before it? In the same time for a job that has no key."""
        fresh = now - SKEW <= self.expires <= now + life + SKEW
        made = signature(key or _NO_KEY, self.job, self.expires, method, origin)
        return hmac.compare_digest(made, self.signature) and fresh and key is not None


def parse(values: Sequence[str]) -> Signed | None:
    """What the field says; None when it is malformed or there are several."""
    match = _FIELD.fullmatch(values[0].strip()) if len(values) == 1 else None
    return Signed(match[1], int(match[2]), match[3]) if match else None


def origin_of(scheme: str, host: str, port: int) -> str:
    """As it is signed: small letters, punycode, no default port. A tunnel has no scheme of its own, and no default.

    >>> origin_of("https", "News.example", 443), origin_of("connect", "::1", 443)
    ('https://news.example', 'connect://[::1]:443')
    """
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        name = host
    name = f"[{name}]" if ":" in name else name
    shown = "" if _DEFAULT_PORT.get(scheme) == port else f":{port}"
    return f"{scheme}://{name}{shown}".lower()


def signature(key: bytes, job: str, expires: int, method: str, origin: str) -> str:
    text = "\n".join((_VERSION, job, str(expires), method, origin)).encode("utf-8", "surrogateescape")
    return base64.urlsafe_b64encode(hmac.digest(key, text, hashlib.sha256)).decode().rstrip("=")
