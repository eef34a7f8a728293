"""Does a change of one key let a job see more, or less? With words for whoever approves it. Pure.

What adds anything widens, whatever it takes away besides: an approver looks at what is new.
"""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Final

from facegate.jobs.times import moment


class Mark(StrEnum):
    SAME = "unchanged"
    ADDED = "added"  # was not there, and nothing is known of what it narrows
    REMOVED = "removed"
    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"  # says something else, neither more nor less


Judged = tuple[Mark, str]  # with words, "" for none

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MINUTES = 24 * 60


def judged(key: str, old: Any, new: Any) -> Judged:
    """Of two values in the form of a job's document; None: it does not stand there. Both of a scope that counts."""
    if old == new:
        return Mark.SAME, ""
    rule = _RULES.get(key, _text)
    return rule(old, new)


def more_and_fewer(many: str, one: str, more: int, fewer: int) -> str:
    """Like "two hosts more, one fewer"."""
    if not fewer:
        return f"{counted(more, one, many)} more"
    return f"{counted(more, one, many)} more, {_number(fewer)} fewer" if more else f"{counted(fewer, one, many)} fewer"


def counted(count: int, one: str, many: str) -> str:
    return f"{_number(count)} {one if count == 1 else many}"


def span(length: timedelta) -> str:
    """Like "30 days", "1 day and 2 hours"."""
    seconds = int(abs(length).total_seconds())
    parts = [(seconds // 86_400, "day"), (seconds % 86_400 // 3_600, "hour"), (seconds % 3_600 // 60, "minute")]
    said = [f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in parts if count][:2]
    return " and ".join(said) or "less than a minute"


def covers(pattern: str, host: str) -> bool:
    """Is every host of `host`, a pattern itself, one of `pattern`, too?"""
    if pattern == host:
        return True
    return pattern.startswith("*.") and host.removeprefix("*.").endswith(pattern[1:])


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def _text(old: Any, new: Any) -> Judged:
    if old is None:
        return Mark.ADDED, "is said now"
    return (Mark.REMOVED, "is said no more") if new is None else (Mark.CHANGED, "says something else")


def _keep(old: Any, new: Any) -> Judged:
    policy = "as long as the vault's policy says"
    return Mark.CHANGED, f"{new or policy}, {old or policy} before"


def _subjects(old: Any, new: Any) -> Judged:
    before, after = set(old or ()), set(new or ())
    more, fewer = len(after - before), len(before - after)
    return (Mark.WIDENED if more else Mark.NARROWED), more_and_fewer("persons", "person", more, fewer)


def _hosts(old: Any, new: Any) -> Judged:
    before, after = list(old or ()), list(new or ())
    more = [host for host in after if not any(covers(pattern, host) for pattern in before)]
    fewer = [host for host in before if not any(covers(pattern, host) for pattern in after)]
    if not more and not fewer:
        return Mark.CHANGED, "the same hosts, written otherwise"
    wild = sum(host.startswith("*.") for host in more)
    words = more_and_fewer("hosts", "host", len(more), len(fewer))
    if wild:
        below = f" ({_number(wild)} of them with all below)" if len(more) > 1 else " (with all below it)"
        words = words.replace(" more", f" more{below}", 1)
    return (Mark.WIDENED if more else Mark.NARROWED), words


def _among(one: str, many: str) -> Callable[[Any, Any], Judged]:
    """A list that narrows; without it there is no bound."""

    def rule(old: Any, new: Any) -> Judged:
        if old is None:
            return Mark.NARROWED, f"{counted(len(new), one, many)} only, all before"
        if new is None:
            return Mark.WIDENED, f"all {many}, {counted(len(old), one, many)} before"
        more, fewer = len(set(new) - set(old)), len(set(old) - set(new))
        return (Mark.WIDENED if more else Mark.NARROWED), more_and_fewer(many, one, more, fewer)

    return rule


def _most(one: str, many: str) -> Callable[[Any, Any], Judged]:
    """A budget; without it there is no bound."""

    def rule(old: Any, new: Any) -> Judged:
        if old is None or new is None:
            bound = "without a bound from now on" if new is None else "bounded now"
            return (Mark.WIDENED if new is None else Mark.NARROWED), bound
        more = new > old
        words = f"{abs(new - old):,} {one if abs(new - old) == 1 else many} {'more' if more else 'fewer'}"
        return (Mark.WIDENED if more else Mark.NARROWED), words

    return rule


def _expires(old: Any, new: Any) -> Judged:
    if old is None or new is None:
        return (
            (Mark.WIDENED, "never, from now on")
            if new is None
            else (Mark.NARROWED, f"on {moment(new):%Y-%m-%d}, never before")
        )
    by = moment(new) - moment(old)
    later = by > timedelta(0)
    return (Mark.WIDENED if later else Mark.NARROWED), f"{'later' if later else 'earlier'} by {span(by)}"


def _begins(old: Any, new: Any) -> Judged:
    if old is None or new is None:
        if new is None:
            return Mark.WIDENED, "at once, when it is approved"
        return Mark.NARROWED, f"on {moment(new):%Y-%m-%d}, not at once"
    by = moment(new) - moment(old)
    later = by > timedelta(0)
    return (Mark.NARROWED if later else Mark.WIDENED), f"{'later' if later else 'earlier'} by {span(by)}"


def _hours(old: Any, new: Any) -> Judged:
    before, after = _minutes(old), _minutes(new)
    by = timedelta(minutes=len(after) - len(before))
    words = f"{span(by)} a day {'more' if by > timedelta(0) else 'fewer'}" if by else "other hours of the day"
    return (Mark.WIDENED if after - before else Mark.NARROWED), words


def _ranked(default: str, *ranks: str) -> Callable[[Any, Any], Judged]:
    """`ranks`: the narrowest value first; `default` is what counts where none stands there."""

    def rule(old: Any, new: Any) -> Judged:
        before, after = old or default, new or default
        wider = ranks.index(after) > ranks.index(before)
        return (Mark.WIDENED if wider else Mark.NARROWED), f"{after}, {before} before"

    return rule


def _minutes(hours: str | None) -> set[int]:
    if hours is None:
        return set(range(_MINUTES))
    begins, ends = (time.fromisoformat(text) for text in hours.split("-"))
    first, last = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
    return {minute % _MINUTES for minute in range(first, last if last > first else last + _MINUTES)}


_RULES: Final[Mapping[str, Callable[[Any, Any], Judged]]] = {
    "streams": _ranked("refuse", "refuse", "inspect"),
    "websocket": _ranked("refuse", "refuse", "inspect"),
    "faces": _ranked("withheld", "withheld", "redact"),
    "keep": _keep,
    "scope.kind": _ranked("untargeted", "untargeted", "individual", "group"),
    "scope.subjects": _subjects,
    "scope.hosts": _hosts,
    "scope.paths": _among("path", "paths"),
    "scope.ports": _among("port", "ports"),
    "scope.methods": _among("method", "methods"),
    "scope.begins": _begins,
    "scope.expires": _expires,
    "scope.hours": _hours,
    "scope.max_releases": _most("response with faces", "responses with faces"),
    "scope.max_faces": _most("face", "faces"),
    "scope.max_responses": _most("response", "responses"),
    "scope.max_bytes": _most("byte", "bytes"),
    "scope.outside": _ranked("untargeted", "refuse", "untargeted"),
}
