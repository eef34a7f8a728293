"""A line as a syslog message (RFC 5424), and its frame on a stream (RFC 6587, octet counting). Pure.

<134>1 2026-03-01T06:00:00.123456+00:00 host facegate gateway-0 exchange [facegate@32473 seq="7" ...] {"at":...}
"""

import json
import re
import socket
from collections.abc import Mapping
from typing import Any

from facegate.ledger.severity import severity

FACILITY = 16  # local0: free for whoever runs this to route
DATAGRAM_MAX = 8192  # bytes; rsyslog's and syslog-ng's default for a message, and far from UDP's own end
# There is no number of facegate's own. 32473 is the one for documentation (RFC 5612), as RFC 5424's examples have it.
_SD = "facegate@32473"
_NIL = "-"
_MSGID_MAX, _PROCID_MAX, _HOST_MAX, _PARAM_MAX = 32, 128, 255, 256
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")


def message(entry: Mapping[str, Any], host: str, most: int | None = None) -> bytes:
    """`entry` as reading.as_entry gives it. One over `most` bytes keeps its head, with number and hash, and not its
    text: that is in the ledger."""
    event = str(entry.get("event") or "ledger-line-damaged")
    at = str(entry.get("at", ""))
    head = " ".join((
        f"<{FACILITY * 8 + severity(entry)}>1",
        at if _TIME.fullmatch(at) else _NIL,
        _token(host, _HOST_MAX),
        "facegate",
        _token(str(entry.get("ledger", "")), _PROCID_MAX),
        _token(event, _MSGID_MAX),
        _structured(entry),
    ))  # fmt: skip
    text = json.dumps(entry, separators=(",", ":"))
    whole = f"{head} {text}".encode()
    if most is None or len(whole) <= most:
        return whole
    return f'{head} {{"cut":{len(text)}}}'.encode()


def framed(message: bytes) -> bytes:
    """For TCP and TLS: its length in front."""
    return b"%d %b" % (len(message), message)


def host_name() -> str:
    return socket.gethostname() or _NIL


def _structured(entry: Mapping[str, Any]) -> str:
    names = ("ledger", "seq", "hash", "line", "job", "record")
    told = ((name, entry.get(name)) for name in names)
    params = "".join(f' {name}="{_param(str(value))}"' for name, value in told if value not in (None, ""))
    return f"[{_SD}{params}]"


def _param(text: str) -> str:
    """Printable, and with the three characters escaped that end a value (RFC 5424, 6.3.3)."""
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:_PARAM_MAX])
    return re.sub(r'(["\\\]])', r"\\\1", plain)


def _token(text: str, most: int) -> str:
    """PRINTUSASCII without spaces, or NIL."""
    return "".join(c for c in text if "!" <= c <= "~")[:most] or _NIL
