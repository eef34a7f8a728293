"""The ledger: whether it is whole, what it says, an entry with its place in the chain, and all of it to take away."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from typing import Any
from urllib.parse import urlencode

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from facegate.console.jobview import reason
from facegate.console.navigation import Entry
from facegate.console.site import Site
from facegate.console.verification import Verification, last_outcome
from facegate.errors import Conflict
from facegate.jobs.lifecycle import REVIEWERS
from facegate.ledger.files import names
from facegate.ledger.lookup import Wanted, entry_of, find
from facegate.ledger.reading import entries
from facegate.ledger.standing import standing
from facegate.moments import parse_moment

NAV = Entry("Ledger", "/ledger", 50, REVIEWERS)
_ASKED = ("ledger", "event", "job", "who", "since", "until")
_AT_ONCE = 1_000  # lines of an export that are written at once


def routes(site: Site) -> list[BaseRoute]:
    verification = Verification(site.home.ledger, site.ledger)

    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        return _page(site, request, verification)

    def one(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        name, text = (str(request.path_params[key]) for key in ("ledger", "seq"))
        seq = int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
        entry = entry_of(site.home.ledger, name, seq)
        if entry is None:
            raise HTTPException(404, "the ledger has no such line, or it cannot be read; verify the ledger")
        before = entry_of(site.home.ledger, name, seq - 1) if seq > 1 else None
        return site.render(
            request,
            "entry.html",
            entry=entry,
            follows=_follows(entry.line.prev if entry.line else "", before.line.hash if before and before.line else ""),
            facts=_facts(entry.line.entry if entry.line else {}),
            after=entry_of(site.home.ledger, name, seq + 1) is not None,
        )

    def verify(request: Request) -> Response:
        visitor = site.needs(request, "admin")
        if not verification.start(visitor.actor):
            raise Conflict("the ledger is being verified already; wait for it")
        return site.redirect(request, "/ledger", "The ledger is being verified.")

    def progress(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        return JSONResponse(verification.progress.as_json())

    def export(request: Request) -> Response:
        visitor, why = site.needs(request, *REVIEWERS), reason(site, request)
        since, until = (_moment(site.field(request, name, 100), name) for name in ("since", "until"))
        if not why:
            return _page(
                site, request, verification, "write a reason of at least 3 characters: it stands in the ledger"
            )
        bounds = {name: at.isoformat() for name, at in (("since", since), ("until", until)) if at is not None}
        who = {"by": visitor.name, "via": "console", "role": visitor.role}
        site.ledger.append_now({"event": "ledger-exported", **who, "why": why, **bounds})
        name = f"facegate-ledger-{utc_now():%Y%m%dT%H%M%SZ}.jsonl"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        lines = _lines(site, since.isoformat() if since else "", until.isoformat() if until else "9")
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)

    return [
        Route("/ledger", show),
        Route("/ledger/verify", verify, methods=["POST"]),
        Route("/ledger/verification", progress),
        Route("/ledger/export", export, methods=["POST"]),
        Route("/ledger/{ledger}/{seq}", one),
    ]


def _page(site: Site, request: Request, verification: Verification, problem: str = "") -> Response:
    folder = site.home.ledger
    asked = {name: site.query(request, name, 200) for name in _ASKED}
    since, until = (_moment(asked[name], name) for name in ("since", "until"))
    after = site.query(request, "after", 4_000)
    wanted = Wanted(asked["ledger"], asked["event"], asked["job"], asked["who"], since, until)
    try:
        page = find(folder, wanted, after=after)
    except ValueError:
        raise HTTPException(400, "there is no such page of the ledger; begin at its first") from None
    kept = {name: value for name, value in asked.items() if value}
    return site.render(
        request,
        "ledger.html",
        409 if problem else 200,
        page=page,
        asked=asked,
        names=names(folder),
        narrowed=bool(kept),
        after=after,
        older="/ledger?" + urlencode(kept | {"after": page.next}) if page.next else None,
        standing=standing(site.home),
        outcome=last_outcome(folder),
        progress=verification.progress,
        problem=problem,
        reason=site.field(request, "reason") if request.method == "POST" else "",
    )


def _moment(text: str, name: str) -> datetime | None:
    try:
        return parse_moment(text, utc_now()) if text else None
    except ValueError as error:
        raise HTTPException(400, f"{name}: {error}") from None


def _follows(prev: str, hash_before: str) -> bool | None:
    """None where the line before is not there, or cannot be read."""
    return prev == hash_before if hash_before else None


def _facts(entry: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Name, text, and whether that is more than a line."""
    return [
        (name, json.dumps(value, indent=2, ensure_ascii=False), True)
        if isinstance(value, dict | list)
        else (name, value if isinstance(value, str) else json.dumps(value), False)
        for name, value in entry.items()
    ]


def _lines(site: Site, since: str, until: str) -> Iterator[bytes]:
    wanted = (entry for entry in entries(site.home.ledger) if since <= str(entry.get("at", since)) <= until)
    for some in batched(wanted, _AT_ONCE, strict=False):
        yield b"".join(json.dumps(entry).encode() + b"\n" for entry in some)
