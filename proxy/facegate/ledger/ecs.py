"""A line as an event of the Elastic Common Schema, for a SIEM. Pure. docs/ledger.md has the table.

Fields and allowed values: https://www.elastic.co/docs/reference/ecs/ecs-field-reference. What ECS has no field for
stays under `facegate`, where the whole entry is.
"""

from collections.abc import Mapping
from typing import Any

from facegate.ledger.severity import CRITICAL, WARNING, severity
from facegate.state.urls import host_of

VERSION = "8.17.0"  # of the schema
_PLACES = ("ledger", "ledger_file", "line", "seq", "hash")

_AUTHENTICATION = {"console-entered": "success", "console-refused": "failure", "api-refused": "failure"}
_IAM = ("user-", "api-token-")
_CONFIGURATION = ("policy-", "job-", "registered", "approved", "rejected", "revoked", "withdrawn", "accumulation-")


def as_ecs(entry: Mapping[str, Any]) -> dict[str, Any]:
    event = str(entry.get("event", ""))
    found: dict[str, Any] = {
        "@timestamp": entry.get("at"),
        "ecs": {"version": VERSION},
        "event": _event(event, entry),
        "observer": {"vendor": "facegate", "product": "facegate", "type": "proxy", "name": entry.get("ledger")},
        "log": {"file": {"path": entry.get("ledger_file")}},
        "message": _message(event, entry),
        "facegate": {name: value for name, value in entry.items() if name not in _PLACES},
    }
    if url := entry.get("url"):
        found["url"] = {"original": url, "domain": host_of(str(url))}
    if event == "exchange":
        found["http"] = {
            "request": {"method": entry.get("method")},
            "response": {"status_code": entry.get("status"), "body": {"bytes": entry.get("size")}},
        }
        if digest := entry.get("digest"):
            found["file"] = {"hash": {"sha256": digest}, "size": entry.get("size")}
    if who := entry.get("by") or entry.get("user"):
        found["user"] = {"name": str(who)}
        if entry.get("by") and isinstance(entry.get("user"), str):
            found["user"]["target"] = {"name": entry["user"]}
    if address := entry.get("from"):
        found["source"] = {"address": str(address)}
    return found


def _event(event: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    category, types, outcome = _categories(event, entry)
    found: dict[str, Any] = {
        "kind": "alert" if severity(entry) <= WARNING else "event",
        "module": "facegate",
        "dataset": "facegate.ledger",
        "action": event or "ledger-line-damaged",
        "category": category,
        "type": types,
        "outcome": outcome,
        "severity": severity(entry),
        "id": entry.get("hash"),
        "sequence": entry.get("seq", entry.get("line")),
        "hash": entry.get("hash"),
    }
    if reason := entry.get("why") or entry.get("reason"):
        found["reason"] = str(reason)
    if isinstance(ms := entry.get("ms"), int):
        found["duration"] = ms * 1_000_000  # nanoseconds
    return {name: value for name, value in found.items() if value is not None}


def _categories(event: str, entry: Mapping[str, Any]) -> tuple[list[str], list[str], str]:
    """event.category, event.type, event.outcome."""
    if event == "exchange":
        passed = entry.get("action") in ("pass", "redact")
        return ["network", "web"], ["access", "allowed" if passed else "denied"], "success" if passed else "failure"
    if event in _AUTHENTICATION:
        return ["authentication"], ["start"], _AUTHENTICATION[event]
    if event == "identity-refused":
        return ["authentication", "network"], ["denied"], "failure"
    if event.startswith(_IAM):
        kind = {"added": "creation", "made": "creation", "removed": "deletion", "revoked": "deletion"}
        return (
            ["iam"],
            ["user" if event.startswith("user-") else "change", kind.get(event.rsplit("-", 1)[1], "change")],
            "success",
        )
    if event.startswith(_CONFIGURATION):
        return ["configuration"], ["change"], "failure" if event.endswith("-refused") else "success"
    if severity(entry) <= CRITICAL:
        return ["intrusion_detection"], ["info"], "failure"
    return ["process"] if event.startswith("ledger-") else ["file"], ["info"], "success"


def _message(event: str, entry: Mapping[str, Any]) -> str:
    if entry.get("damaged"):
        return f"{entry.get('ledger_file')} line {entry.get('line')} is damaged"
    told = (entry.get(name) for name in ("by", "action", "reason", "job", "record", "url", "what"))
    return " ".join([event, *(str(value) for value in told if value)])[:1024]
