"""Words that a report puts ledger lines under: what became of an exchange, and which topic another line belongs to."""

import functools
from collections.abc import Mapping
from typing import Any

from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.outcome import verdict_word
from facegate_addons.domain.reasons import Reason

# outcome -> what it means, in the order in which they are shown
OUTCOMES: Mapping[str, str] = {
    "passed": "delivered as the origin sent it: looked at whole, and no face found; or there was no body",
    "corrected": "delivered because a person found that this very body shows no face",
    "in-scope": "delivered although a face was found: inside the approved scope of a targeted job",
    "released": "delivered once, to one job, because persons released the record",
    "observed": "delivered although it would have been withheld: the gateway was in observe mode",
    "redacted": "delivered with every face covered",
    "faces": "withheld: a face was found",
    "unreadable": "withheld: it could not be looked at, or not whole",
    "refused": "not delivered for another reason: who asked and where to, the origin, the client, or the gateway",
}
PASSED = frozenset(("passed", "corrected", "in-scope", "released", "observed"))
_PASSED_FOR = {
    Reason.TARGETED.value: "in-scope",
    Reason.FALSE_POSITIVE.value: "corrected",
    Reason.RELEASED.value: "released",
}
WITHHELD = frozenset(("faces", "unreadable"))

# topic -> words that a line's event begins with
TOPICS: Mapping[str, tuple[str, ...]] = {
    "releases": ("record-release", "record-delivered", "release-"),
    "overrides": (
        "record-false-positive",
        "record-reopened",
        "record-held",
        "record-unheld",
        "correction-",
        "record-corrected",
        "record-correction",
    ),
    "looks": ("record-revealed", "record-exported", "sample-revealed"),
    "purges": ("purge", "record-erased", "samples-purged"),
    "jobs": ("job-",),
    "policy": ("policy-changed",),
    "accumulation": ("accumulation-",),
    "ledger": ("ledger-",),
}
_EVERYBODYS = ("purge", "policy-changed", "ledger-", "samples-purged")


def of(entry: Mapping[str, Any]) -> str:
    """The outcome of an exchange."""
    return _of(str(entry.get("action")), str(entry.get("reason")), "observed" in entry)


def topic(event: str) -> str | None:
    return _topic(event)


def of_everybody(entry: Mapping[str, Any]) -> bool:
    """Does a line that names no job concern every job?"""
    return not entry.get("job") and str(entry.get("event", "")).startswith(_EVERYBODYS)


@functools.lru_cache(maxsize=1_000)
def _topic(event: str) -> str | None:
    return next((name for name, beginnings in TOPICS.items() if event.startswith(beginnings)), None)


@functools.lru_cache(maxsize=1_000)
def _of(action: str, reason: str, observed: bool) -> str:
    if action == Action.PASS:
        if observed:
            return "observed"
        return _PASSED_FOR.get(reason, "passed")
    if action == Action.REDACT:
        return "redacted"
    if action not in (Action.DROP, Action.QUARANTINE):
        return "refused"
    try:
        word = verdict_word(Decision(Action.DROP, Reason(reason)))
    except ValueError:  # of a later version: withheld for something this one cannot name
        word = ""
    return "faces" if word == "faces" else "unreadable"
