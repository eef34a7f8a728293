"""A record's pictures: the mosaic that the queue shows, and the plain ones for who says why."""

from typing import Any

from facegate_addons.domain.model import Unreadable
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facegate.console.assets import files
from facegate.console.previews import NONE
from facegate.console.reveals import SECONDS, Reveal
from facegate.console.review import review_of, wants_json
from facegate.console.site import Site
from facegate.jobs.lifecycle import REVIEWERS

PAGES = "/records/{id:str}"


def routes(site: Site) -> list[BaseRoute]:
    review = review_of(site)

    async def mosaic(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        record = await run_in_threadpool(review.readable, request.path_params["id"])
        image = await review.previews.mosaic(record) if record is not None else NONE
        if image is NONE or not image:
            return Response(files()["none.svg"], media_type="image/svg+xml")
        return Response(image, media_type="image/png")

    async def reveal(request: Request) -> Response:
        """The act of looking: written down first, then made, then shown."""
        visitor = site.needs(request, *REVIEWERS)
        record_id = request.path_params["id"]
        why = " ".join(filter(None, (site.field(request, "reason"), site.field(request, "more"))))
        record = await run_in_threadpool(review.readable, record_id)
        revision = await run_in_threadpool(review.note_look, record_id, visitor.actor, why)
        assert record is not None  # or note_look had refused
        made = await review.previews.plain(record)
        pictures = () if isinstance(made, Unreadable) else made.pictures
        kept = review.reveals.keep(visitor.session, record_id, pictures)
        nothing = "" if pictures else f"no picture can be shown: {unseen(made.why and str(made.why), made.detail)}"
        if wants_json(request):
            return JSONResponse(as_json(kept) | {"nothing": nothing, "revision": revision})
        return site.redirect(request, f"/records/{record_id}?look={kept.key}#pictures", nothing)

    def picture(request: Request) -> Response:
        """Once, for the session that asked."""
        visitor = site.needs(request, *REVIEWERS)
        image = review.reveals.take(visitor.session, request.path_params["id"], request.path_params["token"])
        if image is None:
            raise HTTPException(404, "this picture was shown already, or its time is over; reveal it again")
        return Response(image, media_type="image/jpeg")

    return [
        Route(PAGES + "/mosaic", mosaic),
        Route(PAGES + "/reveal", reveal, methods=["POST"]),
        Route(PAGES + "/looks/{token:str}", picture),
    ]


def as_json(reveal: Reveal) -> dict[str, Any]:
    """For the script that draws it."""
    return {
        "id": reveal.record,
        "seconds": SECONDS,
        "pictures": [
            {
                "src": f"/records/{reveal.record}/looks/{it.token}",
                "width": it.shown.size[0],
                "height": it.shown.size[1],
                "where": it.shown.where,
                "again": it.shown.again,
                "faces": [{"box": list(face.box), "score": face.score} for face in it.shown.findings],
            }
            for it in reveal.pictures
        ],
    }


def unseen(why: str | None, detail: str) -> str:
    """Why there is no picture, in a few words."""
    if why is None:
        return "there is none in it that can be drawn"
    return f"{why}, {detail}" if detail else why
