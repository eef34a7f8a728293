"""The data-subject desk: what is kept about an address or a picture, the copy of it, and its erasure."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, cast

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from facegate.console.headers import SANDBOXED
from facegate.console.jobview import reason
from facegate.console.navigation import Entry
from facegate.console.review import review_of
from facegate.console.site import Site
from facegate.errors import ConfigError
from facegate.jobs.lifecycle import REVIEWERS
from facegate.quarantine.disclosure import disclose
from facegate.quarantine.erasure import discreet, erase
from facegate.quarantine.expiry import complaint
from facegate.quarantine.keys import master_key
from facegate.quarantine.subject import Asked, find
from facegate.state.secret import erasure_secret

NAV = Entry("Data subjects", "/subjects", 45, REVIEWERS)
MOST = 200  # records on a page, and of one export or erasure
ASKED = ("url", "prefix", "host", "digest", "record")
_MEMORY = 8 << 20  # bytes of a copy before it goes to a file that has no name
_PIECE = 1 << 16
_NO_REASON = "write a reason of at least 3 characters: it stands in the ledger"


def routes(site: Site) -> list[BaseRoute]:
    review = review_of(site)

    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        asked = {name: site.query(request, name) for name in ASKED}
        if not any(asked.values()):
            return site.render(request, "subjects.html", asked=asked, entries=None, problem="", more=False)
        try:
            entries, problem = _find(site, asked), ""
        except ConfigError as error:
            entries, problem = [], str(error).removeprefix("--")
        return site.render(
            request, "subjects.html", 422 if problem else 200,
            asked=asked, entries=None if problem else entries[:MOST], problem=problem, more=len(entries) > MOST,
        )  # fmt: skip

    def chosen(request: Request) -> list[dict[str, Any]]:
        ids = list(dict.fromkeys(str(it) for it in site.form(request).getlist("id")))
        if not 0 < len(ids) <= MOST:
            raise HTTPException(422, f"choose from 1 to {MOST} records first, and do it again")
        entries = find(site.database, Asked(records=ids), None)
        if len(entries) != len(ids):
            raise HTTPException(404, "one of these records is not there; find them again")
        return entries

    def export(request: Request) -> Response:
        visitor, entries, why = site.needs(request, *REVIEWERS), chosen(request), reason(site, request)
        if not why:
            raise ConfigError(_NO_REASON)
        ids, pixels = [entry["id"] for entry in entries], bool(site.field(request, "pixels", 10))
        out = tempfile.SpooledTemporaryFile(_MEMORY, dir=str(site.home.path))  # noqa: SIM115 - closed when it is sent
        try:
            to = cast("BinaryIO", out)
            disclose(site.database, site.ledger, review.vault, ids, to, user=visitor.name, reason=why, pixels=pixels)
        except BaseException:  # a request that is cut off, too: the copy goes with it
            out.close()
            raise
        out.seek(0)
        name = f"facegate-subject-{utc_now():%Y%m%dT%H%M%SZ}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', **SANDBOXED}
        return StreamingResponse(_pieces(out), media_type="application/zip", headers=headers)

    def erased(request: Request) -> Response:
        """First without `again`: what would go is shown, and asked about once more."""
        visitor, entries, why = site.needs(request, *REVIEWERS), chosen(request), reason(site, request)
        goes = [entry for entry in entries if entry["hold"] is None and not entry["erased"]]
        facts: dict[str, Any] = {"entries": entries, "goes": goes, "why": site.field(request, "reason"), "done": None}
        again = site.field(request, "again", 20)
        if not why:
            problem = _NO_REASON
        elif _tells(site, [entry["id"] for entry in entries], why):
            problem = "the ledger keeps the reason; write it without address and digest"
        elif again and again != str(len(goes)):
            problem = f"{len(goes)} would be erased, not {again}; nothing was erased. Look, and type the number"
        else:
            problem = ""
        if problem or not again or not goes:
            return site.render(request, "erase.html", 422 if problem else 200, problem=problem, **facts)
        secret = erasure_secret(site.database, master_key(site.home, site.config.vault, site.database))
        ids = [entry["id"] for entry in entries]
        done = erase(site.database, site.ledger, review.vault, ids, secret, user=visitor.name, reason=why)
        for record_id in done.ids:
            review.previews.forget(record_id)
        facts["done"] = done
        return site.render(request, "erase.html", problem=complaint(done.swept), **facts)

    return [
        Route("/subjects", show),
        Route("/subjects/export", export, methods=["POST"]),
        Route("/subjects/erase", erased, methods=["POST"]),
    ]


def _find(site: Site, asked: dict[str, str]) -> list[dict[str, Any]]:
    secret = None
    if asked["digest"] and site.database.read("SELECT 1 FROM settings WHERE name = 'erasure-secret'"):
        secret = erasure_secret(site.database, master_key(site.home, site.config.vault, site.database))
    records = [asked["record"]] if asked["record"] else []
    return find(site.database, Asked(asked["url"], asked["prefix"], asked["host"], asked["digest"], records), secret)


def _tells(site: Site, records: list[str], why: str) -> bool:
    """Does it say what is to be forgotten?"""
    try:
        discreet(site.database, records, why)
    except ConfigError:
        return True
    return False


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_PIECE):
            yield piece
