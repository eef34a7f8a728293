"""/records: what was withheld, found and shown without a pixel, and what reviewers decide on it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from facegate.api.auth import Caller, needs
from facegate.api.openapi import body_refusals, refusals
from facegate.api.problems import PreconditionFailed
from facegate.api.recordmodels import (
    RECORD,
    Bulk,
    BulkDone,
    Explained,
    Noted,
    RecordCounts,
    RecordDecided,
    RecordPage,
    RecordsQuery,
    RecordWhole,
    RowsQuery,
    Said,
    SightingPage,
)
from facegate.api.service import Service
from facegate.errors import ConfigError
from facegate.quarantine import bulk, reading
from facegate.quarantine.counts import counts
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.filters import Filter
from facegate.quarantine.search import search
from facegate.quarantine.work import Decided, Overtaken

RecordId = Annotated[str, Path(pattern=RECORD)]
Reader = Annotated[Caller, Depends(needs("records:read"))]
Decider = Annotated[Caller, Depends(needs("records:decide"))]
IfMatch = Annotated[str | None, Header(max_length=200, description="the ETag of what was looked at")]
DECIDED = body_refusals(404, 409, 412)
_TAG = re.compile(r'"([0-9]{1,18})"')


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["records"])
    database, desk = (
        service.database,
        RecordsDesk(service.database, service.ledger, service.config.accumulation.thresholds),
    )

    @router.get("/records", operation_id="list_records", responses=refusals())
    def list_records(by: Reader, query: Annotated[RecordsQuery, Query()]) -> RecordPage:
        """A page by key: send `next` as `after`, with the same filter and order."""
        asked = query.model_dump(exclude={"sort", "after", "limit", "since", "until"})
        looked_for = Filter(**asked, since=_utc(query.since), until=_utc(query.until))
        page = search(database, looked_for, query.sort, query.limit, query.after)
        return RecordPage.model_validate(page.as_json())

    @router.get("/counts", operation_id="count_records", responses=refusals())
    def count_records(by: Reader) -> RecordCounts:
        """By state and, of the open ones, by reason. `revision` changes with each event."""
        return RecordCounts.model_validate(counts(database).as_json())

    @router.post("/decisions", operation_id="decide_records", responses=body_refusals(409))
    def decide_records(by: Decider, body: Bulk) -> BulkDone:
        """The same decision on many, row by row: some may be refused while the others are done."""
        rows = bulk.decide(
            desk, body.decision, body.ids, by.actor, body.reason, job=body.job, expected_state=body.expected_state
        )
        return BulkDone.model_validate({"rows": [it.as_json() for it in rows], "done": sum(it.done for it in rows)})

    @router.get(
        "/records/{id}",
        operation_id="show_record",
        responses={**refusals(404), 200: {"headers": {"ETag": {"schema": {"type": "string"}}}}},
    )
    def show_record(id: RecordId, by: Reader, response: Response) -> RecordWhole:
        """With its history, releases and correction."""
        shown = reading.show(database, id)
        response.headers["ETag"] = f'"{shown.revision}"'
        return RecordWhole.model_validate(shown.as_json())

    @router.get("/records/{id}/sightings", operation_id="record_sightings", responses=refusals(404))
    def record_sightings(id: RecordId, by: Reader, query: Annotated[RowsQuery, Query()]) -> SightingPage:
        """The newest first."""
        found = reading.sightings(database, id, size=query.limit, before=query.before)
        return SightingPage.model_validate({"sightings": [it.as_json() for it in found.rows], "next": found.next})

    @router.post("/records/{id}/confirm", operation_id="confirm_record", responses=DECIDED)
    def confirm_record(id: RecordId, by: Decider, body: Noted, if_match: IfMatch = None) -> RecordDecided:
        """It was right to withhold it."""
        with matching(if_match) as seen:
            return _decided(desk.confirm(id, by.actor, body.note, expected_state=body.expected_state, seen=seen))

    @router.post("/records/{id}/false-positive", operation_id="false_positive_record", responses=DECIDED)
    def false_positive_record(id: RecordId, by: Decider, body: Explained, if_match: IfMatch = None) -> RecordDecided:
        """There is no face: the body passes from now on. Nobody decides so on what their own jobs saw."""
        with matching(if_match) as seen:
            return _decided(
                desk.false_positive(id, by.actor, body.reason, expected_state=body.expected_state, seen=seen)
            )

    @router.post("/records/{id}/reopen", operation_id="reopen_record", responses=DECIDED)
    def reopen_record(id: RecordId, by: Decider, body: Noted, if_match: IfMatch = None) -> RecordDecided:
        """The undo: its correction is revoked, its releases are withdrawn."""
        with matching(if_match) as seen:
            return _decided(desk.reopen(id, by.actor, body.note, expected_state=body.expected_state, seen=seen))

    @router.post("/records/{id}/note", operation_id="note_record", responses=body_refusals(404))
    def note_record(id: RecordId, by: Decider, body: Said) -> RecordDecided:
        return _decided(desk.note(id, by.actor, body.note))

    return router


@contextmanager
def matching(if_match: str | None) -> Iterator[int | None]:
    """The revision that was looked at, None where it does not matter; 412 where it is another by now."""
    if if_match is None or if_match.strip() == "*":
        yield None
        return
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise PreconditionFailed("If-Match has to be one ETag of GET /records/{id}; look again")
    try:
        yield int(found[1])
    except Overtaken as error:
        raise PreconditionFailed(str(error)) from None


def _decided(done: Decided) -> RecordDecided:
    return RecordDecided.model_validate(done, from_attributes=True)


def _utc(at: datetime | None) -> datetime | None:
    """Without an offset it is UTC."""
    if at is None:
        return None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise ConfigError("the time is outside of all calendars") from None
