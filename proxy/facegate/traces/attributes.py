"""From a ledger line of an exchange to the attributes of its root span.

Of the URL only scheme, host and port: a path or query may name a person, and the ledger and the log have them under the
same id. No job, no operator, no client address, and of a worker's words only what looks like the name of a kind.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from facegate_addons.domain.model import Verdict

from facegate.metrics.meters import kind_of

type Attributes = dict[str, str | int]

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "QUERY")
_KIND = re.compile(r"[a-z0-9][a-z0-9 ./+-]{0,19}")


def of_line(line: Mapping[str, object]) -> Attributes:
    """`line` is one of hooks.audit. Names are OpenTelemetry's for HTTP where it has one."""
    kind, status = str(line["kind"]), line["status"]
    found: dict[str, object] = {
        "facegate.request": line["id"],
        "facegate.scope": line["scope"],
        "facegate.action": line["action"],
        "facegate.reason": line["reason"],
        "facegate.kind": kind if _KIND.fullmatch(kind) else "",
        "facegate.record": line["record"],
        "facegate.body.size": line["size"],
        "facegate.observed": line.get("observed", ""),
        "http.response.status_code": status,
        "error.type": line["reason"] if isinstance(status, int) and status >= 500 else "",
    }
    kept = {name: value for name, value in found.items() if isinstance(value, str | int) and value != ""}
    return of_request(str(line["method"]), str(line["url"])) | kept


def of_request(method: str, url: str) -> Attributes:
    """`url` as the ledger writes it."""
    known = method if method in METHODS else "_OTHER"  # as the conventions have it
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return {"http.request.method": known}
    port = port or {"http": 80, "https": 443}.get(parts.scheme)
    found: Attributes = {"http.request.method": known}
    if host:
        found["server.address"] = host
    if port:
        found["server.port"] = port
    if parts.scheme in ("http", "https"):
        found["url.scheme"] = parts.scheme
    return found


def of_verdict(verdict: Verdict) -> Attributes:
    return {"facegate.verdict": type(verdict).__name__.lower(), "facegate.verdict.kind": kind_of(verdict)}
