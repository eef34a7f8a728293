"""Two versions of a job side by side, key by key and whole: what an approver has to see. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegate_addons.domain.job import Job, Kind

from facegate.jobs.changes import flat, shown
from facegate.jobs.document import job_document
from facegate.jobs.labels import LABELS
from facegate.jobs.widening import Mark, judged

_ORDER = {key: number for number, key in enumerate(LABELS)}
_LIST_ITEMS = ["scope.subjects", "scope.hosts", "scope.paths", "scope.ports", "scope.methods"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: stands in both, or is added or removed."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """`old` and `new` as text, "" where it does not stand; of a list also each entry, the new ones first."""

    key: str
    label: str
    mark: Mark
    old: str
    new: str
    words: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.key in _LIST_ITEMS


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: tuple[Row, ...]

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.mark is not Mark.SAME)

    @property
    def widens(self) -> bool:
        return any(row.mark is Mark.WIDENED for row in self.rows)

    @property
    def words(self) -> tuple[str, ...]:
        """A line for each change; what widens comes first."""
        first = sorted(self.changed, key=lambda row: row.mark is not Mark.WIDENED)
        return tuple(f"{row.label}: {row.words}" for row in first if row.words)


def compared(old: Job | None, new: Job) -> Comparison:
    """`old`: None for a job that is new; then all of it is added."""
    before, after = flat(job_document(old)) if old is not None else {}, flat(job_document(new))
    keys = sorted({*before, *after}, key=lambda key: _ORDER.get(key, len(_ORDER)))
    targeted = (old is not None and old.scope.kind is not Kind.UNTARGETED, new.scope.kind is not Kind.UNTARGETED)
    return Comparison(tuple(_row(key, before, after, old is None, targeted) for key in keys))


def _row(
    key: str, before: Mapping[str, Any], after: Mapping[str, Any], is_new: bool, targeted: tuple[bool, bool]
) -> Row:
    old, new = before.get(key), after.get(key)
    # a scope that was not there had no bounds either: its keys came or went with it
    came_with_scope = key.startswith("scope.") and key not in ("scope.kind", "scope.expires") and len({*targeted}) == 2
    if is_new or (came_with_scope and old is None):
        mark, words = Mark.ADDED, ""
    elif came_with_scope and new is None:
        mark, words = Mark.REMOVED, ""
    else:
        mark, words = judged(key, old, new)
    entries = _entries(old or [], new or []) if key in _LIST_ITEMS else ()
    return Row(key, LABELS.get(key, key), mark, _said(key, old), _said(key, new), words, entries)


def _said(key: str, value: Any) -> str:
    """For somebody who reads: yes and no, thousands apart, times without their T."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case str() if key in ("scope.begins", "scope.expires"):
            return f"{value[:10]} {value[11:].removesuffix('Z')} UTC"
        case _:
            return shown(value)


def _entries(old: list[Any], new: list[Any]) -> tuple[Entry, ...]:
    before, after = set(old), set(new)
    return (
        *(Entry(str(value), Mark.ADDED) for value in new if value not in before),
        *(Entry(str(value), Mark.REMOVED) for value in old if value not in after),
        *(Entry(str(value), Mark.SAME) for value in new if value in before),
    )
