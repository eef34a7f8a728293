"""How much a line asks for attention, in syslog's numbers (RFC 5424, 6.2.1). Pure."""

from collections.abc import Mapping
from typing import Any

CRITICAL, WARNING, NOTICE, INFORMATIONAL = 2, 4, 5, 6

_CRITICAL = {"ledger-damage-found", "ledger-damaged", "ledger-lost"}
_WARNING = {"ledger-torn", "ledger-dropped", "accumulation-held", "job-exhausted", "job-file-refused"}


def severity(entry: Mapping[str, Any]) -> int:
    """Damage is critical, a refused log-in a warning; acts of people and what was withheld are notices."""
    event = str(entry.get("event", ""))
    if entry.get("damaged") or event in _CRITICAL:
        return CRITICAL
    if event in _WARNING or event.endswith("-refused"):
        return WARNING
    if event == "exchange" and entry.get("action") == "pass" and not entry.get("observed"):
        return INFORMATIONAL
    return INFORMATIONAL if event in ("ledger-rotated", "ledger-continued", "ledger-checkpoint", "purge") else NOTICE
