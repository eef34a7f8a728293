"""A WebSocket's handshake (RFC 6455, section 4): the request that asks for one, and the answer that grants it.

What leaves is written anew from what was understood. Extensions are never asked for, so that messages come as they are.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from mitmproxy import http

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = "13"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")


@dataclass(frozen=True, slots=True)
class Handshake:
    key: str
    protocols: tuple[str, ...] = ()

    @property
    def accept(self) -> str:
        digest = hashlib.sha1(self.key.encode() + _GUID, usedforsecurity=False).digest()
        return base64.b64encode(digest).decode()

    def ask(self, request: http.Request) -> None:
        """Write it into a request that has none."""
        request.headers["Upgrade"] = "websocket"
        request.headers["Connection"] = "Upgrade"
        request.headers["Sec-WebSocket-Version"] = _VERSION
        request.headers["Sec-WebSocket-Key"] = self.key
        if self.protocols:
            request.headers["Sec-WebSocket-Protocol"] = ", ".join(self.protocols)

    def granted_by(self, response: http.Response) -> bool:
        """Is this the 101 to this request, and does it agree to nothing that was not asked for?"""
        fields = response.headers
        return (
            response.status_code == 101
            and response.http_version == "HTTP/1.1"
            and _switches(fields)
            and fields.get("Sec-WebSocket-Accept", "").strip() == self.accept
            and fields.get("Sec-WebSocket-Protocol", "").strip() in ("", *self.protocols)
            and "Sec-WebSocket-Extensions" not in fields
            and "Transfer-Encoding" not in fields
        )


def handshake(request: http.Request) -> Handshake | None:
    """What `request` asks for, when it asks for a WebSocket and nothing else, over HTTP/1.1."""
    fields = request.headers
    key = fields.get("Sec-WebSocket-Key", "").strip()
    protocols = tuple(item.strip() for item in fields.get("Sec-WebSocket-Protocol", "").split(",") if item.strip())
    asks = (
        (request.method, request.http_version) == ("GET", "HTTP/1.1")
        and _switches(fields)
        and fields.get("Sec-WebSocket-Version", "").strip() == _VERSION
        and _is_key(key)
        and all(map(_TOKEN.fullmatch, protocols))
        and "Transfer-Encoding" not in fields
        and fields.get("Content-Length", "0").strip() == "0"
    )
    return Handshake(key, protocols) if asks else None


def _switches(fields: http.Headers) -> bool:
    """Two fields of one name are joined by a comma, and then are not the one word."""
    connection = (item.strip().lower() for item in fields.get("Connection", "").split(","))
    return fields.get("Upgrade", "").strip().lower() == "websocket" and "upgrade" in connection


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
