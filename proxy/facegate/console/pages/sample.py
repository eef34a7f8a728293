"""Sampled pictures that passed: hidden until somebody says why, shown some at a time, decided together."""

from functools import cache
from typing import Any

from facegate_addons.domain.model import QuarantineRecord, Unreadable, utc_now
from facegate_addons.domain.reasons import Reason
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.assets import files
from facegate.console.jobview import reason
from facegate.console.navigation import Entry
from facegate.console.pages.pictures import unseen
from facegate.console.previews import NONE, Previews
from facegate.console.reveals import Reveal, Reveals
from facegate.console.site import Site, Visitor
from facegate.errors import Conflict, FacegateError, NotFound
from facegate.jobs.lifecycle import REVIEWERS
from facegate.quarantine.keys import KeyRing
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.state.secret import identity_secret

NAV = Entry("Samples", "/samples", 27, REVIEWERS)
SHOWN = 12  # on a page: what one looks at together
NOT_SAID = "write a reason of at least 3 characters: it stands in the ledger"


def routes(site: Site) -> list[BaseRoute]:
    @cache
    def store() -> SampleStore:
        """Its secret stays the same when the master key changes."""
        secret = identity_secret(site.database, KeyRing.open(site.home, site.config.vault, site.database).current)
        return SampleStore(site.home, site.database, secret, site.config.sample.keep_for, site.config.sample.most)

    reveals = Reveals()
    previews = Previews(site.config.worker_settings, lambda sample_id: store().open(sample_id))
    site.closing.append(previews.close)

    def show(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        looks: dict[str, Reveal] = {}
        for text in request.query_params.getlist("look")[:SHOWN]:
            sample_id, _, key = text.partition(".")
            if (found := reveals.find(visitor.session, sample_id, key)) is not None:
                looks[sample_id] = found
        return _page(site, request, looks)

    async def mosaic(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        record = await run_in_threadpool(_as_record, site, request.path_params["id"])
        image = await previews.mosaic(record) if record is not None else NONE
        if image is NONE or not image:
            return Response(files()["none.svg"], media_type="image/svg+xml")
        return Response(image, media_type="image/png")

    async def look(request: Request) -> Response:
        """Each look is written down before its picture is made."""
        visitor, why = site.needs(request, *REVIEWERS), reason(site, request)
        if not why:
            return await run_in_threadpool(_page, site, request, {}, NOT_SAID)
        asked, kept, nothing = site.form(request).getlist("id")[:SHOWN], list[Reveal](), list[str]()
        for sample_id in map(str, asked):
            try:
                await run_in_threadpool(_note, site, store(), visitor, sample_id, why)
                record = await run_in_threadpool(_as_record, site, sample_id)
                made = await previews.plain(record) if record is not None else Unreadable(Reason.INSPECTION_FAILED)
            except (Conflict, NotFound):  # decided by somebody else meanwhile, or its time is over
                continue
            if isinstance(made, Unreadable) or not made.pictures:
                nothing.append(unseen(str(made.why) if made.why else None, made.detail))
            else:
                kept.append(reveals.keep(visitor.session, sample_id, made.pictures))
        said = f"{len(nothing)} cannot be shown: {nothing[0]}" if nothing else ""
        to = "&".join(f"look={it.record}.{it.key}" for it in kept)
        return site.redirect(request, f"/samples?{to}" if to else "/samples", said)

    def picture(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        image = reveals.take(visitor.session, request.path_params["id"], request.path_params["token"])
        if image is None:
            raise NotFound("this picture was shown already, or its time is over; show it again")
        return Response(image, media_type="image/jpeg")

    def decide(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        answers = {"face": True, "no-face": False}
        said = {
            name.removeprefix("of-"): answers[str(value)]
            for name, value in site.form(request).multi_items()
            if name.startswith("of-") and value in answers
        }
        if not said:
            return site.redirect(request, "/samples", "Nothing was decided: no picture was marked.")
        try:
            done = review.decide(store(), site.ledger, said, by=visitor.actor)
        except FacegateError as error:
            return _page(site, request, {}, str(error))
        for sample_id in done:
            previews.forget(sample_id)
        return site.redirect(request, "/samples", f"Decided {len(done)}; their pictures are destroyed.")

    return [
        Route("/samples", show),
        Route("/samples/look", look, methods=["POST"]),
        Route("/samples/decide", decide, methods=["POST"]),
        Route("/samples/{id:str}/mosaic", mosaic),
        Route("/samples/{id:str}/looks/{token:str}", picture),
    ]


def _page(site: Site, request: Request, looks: dict[str, Reveal], problem: str = "") -> Response:
    found = review.list_samples(site.database, limit=SHOWN)
    samples: list[dict[str, Any]] = [review.show(site.database, sample_id) for sample_id in looks] or found.samples
    return site.render(
        request,
        "sample.html",
        409 if problem else 200,
        samples=samples,
        looks=looks,
        counts=review.counts(site.database),
        rate=site.config.sample.rate,
        problem=problem,
    )


def _note(site: Site, store: SampleStore, visitor: Visitor, sample_id: str, why: str) -> None:
    review.reveal(store, site.ledger, sample_id, by=visitor.actor, reason=why)


def _as_record(site: Site, sample_id: str) -> QuarantineRecord | None:
    """What previews are made of; None when its bytes are gone."""
    try:
        it = review.show(site.database, sample_id)
    except NotFound:
        return None
    if it["state"] != "open":
        return None
    now, codings = utc_now(), tuple(it["codings"])
    return QuarantineRecord(
        sample_id, it["job"], "", it["digest"], it["size"], "", Reason.CLEAR, now, now, {}, codings=codings
    )
