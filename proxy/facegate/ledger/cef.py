"""A line in the Common Event Format, version 0, for collectors that take nothing else. Pure.

Keys are those of the format's dictionary; what it has none for is a custom string with its label. Values longer than
the dictionary allows are cut: the ledger has the whole.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from facegate.ledger.severity import CRITICAL, NOTICE, WARNING, severity

_SEVERITY = {CRITICAL: 10, WARNING: 6, NOTICE: 3}  # of 10; else 1
_LONGEST = 1023  # characters, as the dictionary has it for `request`, `msg` and `reason`
_KEYS = {
    "action": "act", "url": "request", "method": "requestMethod", "from": "src", "reason": "reason", "why": "reason",
    "user": "duser", "by": "suser", "size": "in", "digest": "fileHash", "id": "externalId", "detail": "msg",
}  # fmt: skip
_CUSTOM = ("job", "record", "ledger", "hash", "operator", "scope")  # cs1 to cs6
_VERSION = version("facegate")


def as_cef(entry: Mapping[str, Any]) -> str:
    event = str(entry.get("event") or "ledger-line-damaged")
    weight = _SEVERITY.get(severity(entry), 1)
    head = "|".join(_head(part) for part in ("CEF:0", "facegate", "facegate", _VERSION, event, event, str(weight)))
    return head + "|" + " ".join(f"{key}={_value(value)}" for key, value in _extension(entry))


def _extension(entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    if (moment := _milliseconds(entry.get("at"))) is not None:
        yield "rt", moment
    used: set[str] = set()
    for name, key in _KEYS.items():
        value = entry.get(name)
        if value not in (None, "", 0) and key not in used:
            used.add(key)
            yield key, value
    for number, name in enumerate(_CUSTOM, 1):
        if entry.get(name) not in (None, ""):
            yield f"cs{number}Label", name
            yield f"cs{number}", entry[name]
    numbers = (
        ("seq", entry.get("seq", entry.get("line"))),
        ("status", entry.get("status")),
        ("faces", entry.get("faces")),
    )
    for number, (name, value) in enumerate(numbers, 1):
        if value is not None:
            yield f"cn{number}Label", name
            yield f"cn{number}", value


def _milliseconds(at: object) -> int | None:
    try:
        return round(datetime.fromisoformat(str(at)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _head(text: str) -> str:
    return _plain(text).replace("\\", "\\\\").replace("|", "\\|")


def _value(value: object) -> str:
    return _plain(str(value)[:_LONGEST]).replace("\\", "\\\\").replace("=", "\\=")


def _plain(text: str) -> str:
    """On one line, and of characters that can be sent."""
    return "".join(c if c.isprintable() else " " for c in text).encode("utf-8", "replace").decode()
