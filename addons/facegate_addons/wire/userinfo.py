"""Credentials in the target of a request to the proxy: `GET http://JOB:TOKEN@news.example/ HTTP/1.1`.

An origin is never sent them that way (RFC 9110, 4.2.4), so they are the proxy's: they leave the request line and stand
where proxy credentials stand. mitmproxy would refuse the line.

A head with a bare CR or a NUL in it is no request: mitmproxy would send it on, and some origin read it as another
(RFC 9112, 2.2).
"""

import base64
import re
from urllib.parse import unquote_to_bytes

from h11._receivebuffer import ReceiveBuffer

_NO_REQUEST = b"\r"  # a line that mitmproxy takes for none, and says so to the client
_NOWHERE = (b"\r", b"\0")
_END = re.compile(rb"[/?#]")  # of an authority


class RequestHeads(ReceiveBuffer):
    """What a client sends; heads are taken out of it with their credentials in place."""

    def maybe_extract_lines(self) -> list[bytearray] | None:
        lines: list[bytearray] | None = super().maybe_extract_lines()
        if lines and any(byte in line for line in lines for byte in _NOWHERE):
            return [bytearray(_NO_REQUEST)]
        if lines:
            first, credentials = moved(bytes(lines[0]))
            if credentials is not None:
                lines[0] = bytearray(first)
                lines.append(bytearray(b"Proxy-Authorization: Basic " + credentials))
        return lines


def moved(line: bytes) -> tuple[bytes, bytes | None]:
    """The request line without userinfo, and that as a Basic credential.

    >>> moved(b"GET http://a:b@c/ HTTP/1.1")
    (b'GET http://c/ HTTP/1.1', b'YTpi')
    """
    parts = line.split()
    if len(parts) != 3 or parts[1].startswith(b"/"):
        return line, None
    method, target, version = parts
    scheme, mark, rest = target.partition(b"://")
    if method == b"CONNECT":
        scheme, mark, rest = b"", b"", target
    userinfo, at, _host = _END.split(rest, maxsplit=1)[0].rpartition(b"@")
    if not at:
        return line, None
    plain = b" ".join((method, scheme + mark + rest[len(userinfo) + 1 :], version))
    return plain, base64.b64encode(unquote_to_bytes(userinfo))
