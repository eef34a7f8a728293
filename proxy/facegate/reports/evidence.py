"""Is the ledger whole, and how far is it signed? What a reader needs to hold a report against it."""

from typing import Any

from facegate.ledger.audit import audit
from facegate.ledger.checkpoint import digest_of
from facegate.moments import stamp
from facegate.reports.lines import Heard, began
from facegate.state.home import Home


def ledger_facts(home: Home, read: Heard = lambda _bytes: None) -> dict[str, Any]:
    """`heads`: number and hash of the last line of each ledger that is whole; by them it can be found again."""
    found, begins = audit(home.ledger, read_bytes=read), began(home.ledger)
    newest = found.newest
    return {
        "ok": found.ok,
        "problems": [
            *found.problems,
            *(f"{it.file}:{it.bad_line}: {it.problem}" for it in found.reports if not it.ok),
        ],
        "files": [report.as_json() for report in found.reports],
        "lines": sum(report.lines for report in found.reports),
        "began": stamp(begins) if begins is not None else None,
        "heads": [
            {"ledger": chain.name, "seq": chain.end.seq, "hash": chain.end.hash}
            for chain in found.chains
            if chain.end is not None
        ],
        "checkpoints": found.checkpoints,
        "checkpoint": None
        if newest is None
        else {
            "number": newest.number,
            "at": newest.at,
            "why": newest.why,
            "key": newest.key,
            "sha256": digest_of(newest.to_bytes()),
            "archived": [
                {"ledger": name, "seq": it.link.seq, "at": it.at, "by": it.by, "to": it.to}
                for name, it in sorted(newest.archived.items())
            ],
        },
    }
