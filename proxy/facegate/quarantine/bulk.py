"""The same decision on many records: each with its own history and ledger line, or its own refusal; one COMMIT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facegate.errors import Altered, ConfigError, Conflict, NotAllowed, NotFound
from facegate.jobs.lifecycle import Actor
from facegate.quarantine import desk as decisions
from facegate.quarantine import lifecycle, releasing
from facegate.quarantine.desk import RecordsDesk, bounded, reason
from facegate.quarantine.filters import Filter
from facegate.quarantine.lifecycle import Verb
from facegate.quarantine.search import search
from facegate.quarantine.work import Work
from facegate.state.database import Database

MOST: Final = 1_000  # records in one go: half a second or so, in which nobody else writes
_REFUSALS = (NotFound, NotAllowed, Conflict, Altered)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one record. `why` is the line of its refusal."""

    id: str
    done: bool
    state: str
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "done": self.done, "state": self.state, "why": self.why}


def decide(
    desk: RecordsDesk,
    verb: Verb | str,
    ids: Sequence[str],
    by: Actor,
    why: str = "",
    *,
    job: str | None = None,
    expected_state: str | None = None,
) -> list[Row]:
    """In the order of `ids`, each of them once. A reason is demanded but for `reopen` and `confirm` of one record."""
    each = list(dict.fromkeys(ids))
    if not 0 < len(each) <= MOST:
        raise ConfigError(f"from 1 to {MOST} records are decided on in one go; take some of them")
    verb = Verb(verb)
    why = reason(why) if len(each) > 1 or verb in (Verb.FALSE_POSITIVE, Verb.RELEASE) else bounded(why)
    lifecycle.may_decide(by)
    decided = _one(verb, why, job, expected_state)

    def change(work: Work) -> list[Row]:
        rows = []
        for record_id in each:
            try:
                rows.append(Row(record_id, True, decided(work, record_id)))
            except _REFUSALS as error:  # raised before anything is told or written
                rows.append(Row(record_id, False, _state(work, record_id), str(error)))
        return rows

    return desk.run(by, change)


def snapshot(database: Database, looked_for: Filter, sort: str = "newest") -> list[str]:
    """The ids that a filter finds now, at most MOST: what is decided on is what was shown, not what came since."""
    found = search(database, looked_for, sort, MOST)
    ids = [it.id for it in found.records]
    while found.partial and found.next and len(ids) < MOST:
        found = search(database, looked_for, sort, MOST, found.next)
        ids += [it.id for it in found.records]
    return ids[:MOST]


def _one(verb: Verb, why: str, job: str | None, expected: str | None) -> Callable[[Work, str], str]:
    """Gives the state that the record then has."""
    match verb:
        case Verb.CONFIRM:
            return lambda work, record_id: decisions.confirm(work, record_id, why, expected).state
        case Verb.FALSE_POSITIVE:
            return lambda work, record_id: decisions.false_positive(work, record_id, why, expected).state
        case Verb.REOPEN:
            return lambda work, record_id: decisions.reopen(work, record_id, why, expected).state
        case Verb.RELEASE:
            return lambda work, record_id: _released(work, record_id, why, job, expected)


def _released(work: Work, record_id: str, why: str, job: str | None, expected: str | None) -> str:
    """Waiting, where a second person has to stand behind it."""
    done = releasing.ask(work, record_id, why, job, expected, None)
    return lifecycle.RELEASED if done.state == "granted" else done.state


def _state(work: Work, record_id: str) -> str:
    row = work.connection.execute("SELECT state FROM records WHERE id = ?", (record_id,)).fetchone()
    return str(row["state"]) if row is not None else ""
