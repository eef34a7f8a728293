"""What is decided in the console, one by one and many at once, and how it is taken back."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException

from facegate.console.review import Review
from facegate.console.site import Visitor
from facegate.console.undo import Done
from facegate.errors import ConfigError, Conflict, NotAllowed, NotFound
from facegate.quarantine import releasing
from facegate.quarantine.desk import reopen
from facegate.quarantine.entries import Release
from facegate.quarantine.work import Decided, Work, revision_of

# what a form says -> what is told of it
DECISIONS: Final = {"confirm": "confirmed", "false-positive": "false positive, passes from now on", "note": "noted"}
# why somebody has to see a picture; the keys are what is pressed for it
REASONS: Final = (
    "Review of the queue: is there a face?",
    "A false positive was reported",
    "A release was asked for",
    "A data subject asked",
    "An audit, or a regulator, asked",
)
# why what was found is no face
FACELESS: Final = (
    "No face: an object, a pattern or a texture",
    "No face: a drawing, a statue, a mask or a toy",
    "No face: an animal",
    "No picture of anybody: text, a chart or a map",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`problem`: the line that says why it could not be done."""

    id: str
    decided: Decided | None
    problem: str = ""


def decide(
    review: Review, visitor: Visitor, record_id: str, what: str, why: str, expected: str | None = None
) -> Decided:
    """Raises what the desk raises, and HTTPException for what is no decision."""
    desk, by = review.desk, visitor.actor
    match what:
        case "confirm":
            return desk.confirm(record_id, by, why, expected_state=expected)
        case "false-positive":
            return desk.false_positive(record_id, by, why, expected_state=expected)
        case "reopen":
            return desk.reopen(record_id, by, why, expected_state=expected)
        case "note":
            return desk.note(record_id, by, why)
    raise HTTPException(400, "there is no such decision")


def attempt(review: Review, visitor: Visitor, record_id: str, what: str, why: str) -> Outcome:
    """`decide`, of one among many: what stands against this one is told; what stands against all is raised."""
    try:
        return Outcome(record_id, decide(review, visitor, record_id, what, why))
    except (NotFound, Conflict, NotAllowed, ConfigError) as error:
        return Outcome(record_id, None, str(error))


def take_back(review: Review, visitor: Visitor) -> list[Outcome]:
    """The session's last decision, unless somebody decided anew since. Raises Conflict when there is none."""
    last = review.undo.take(visitor.session)
    if not last:
        raise Conflict("there is nothing to undo: nothing was decided here in the last five minutes")
    outcomes = []
    for done in last:
        record_id = done.record if isinstance(done, Release) else done.id
        try:
            outcomes.append(Outcome(record_id, review.desk.run(visitor.actor, partial(_take_back, done=done))))
        except (NotFound, Conflict, NotAllowed) as error:
            outcomes.append(Outcome(record_id, None, str(error)))
    return outcomes


def _take_back(work: Work, done: Done) -> Decided:
    if isinstance(done, Decided):
        return _reopen(work, done)
    before = work.record(done.record)["state"]
    releasing.withdraw(work, done.id, "undone at once", None)
    after = work.record(done.record)["state"]
    return Decided(done.record, after, before, revision_of(work.connection, done.record))


def _reopen(work: Work, done: Decided) -> Decided:
    """Only when the decision still is the last one: notes and looks since then do not matter."""
    later = work.connection.execute(
        "SELECT user, event FROM history WHERE record = ? AND seq > ?"
        " AND event NOT IN ('noted', 'revealed', 'exported')",
        (done.id, done.revision),
    ).fetchone()
    if later is not None:
        raise Conflict(f"record {done.id}: {later['event']} by {later['user'] or 'facegate'} since; look again")
    return reopen(work, done.id, "undone at once", done.state)
