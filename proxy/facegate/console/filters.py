"""What the queue is asked for: the filters and the order of its address."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from facegate.console.site import Site
from facegate.quarantine.filters import Filter
from facegate.quarantine.lifecycle import STATES
from facegate.quarantine.plans import SORTS

ANY = "any"  # state
HELD = {"yes": True, "no": False}
FIELDS = ("job", "host", "reason", "digest", "url", "since", "until", "held", "request")
_ORDERS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "last-seen": "seen last",
    "most-faces": "most faces",
    "most-sightings": "seen most often",
    "expiring": "expiring first",
}
ORDERS = tuple((name, _ORDERS.get(name, name)) for name in SORTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """`query`: the same as an address has it, without the page."""

    filter: Filter
    sort: str
    query: dict[str, str]

    @property
    def narrowed(self) -> bool:
        return bool(set(self.query) - {"sort"})

    @property
    def more(self) -> bool:
        """By what is seldom asked for?"""
        return bool({"digest", "url", "since", "until", "held", "request"} & set(self.query))


def asked_for(site: Site, request: Request) -> Asked:
    """Without a state, the open ones: that is what there is to do. Raises HTTPException."""
    query = {name: text for name in (*FIELDS, "state", "sort") if (text := site.query(request, name))}
    state, sort = query.get("state", "open"), query.get("sort", "newest")
    if state not in (*STATES, ANY):
        raise HTTPException(400, f"state has to be one of {', '.join((*STATES, ANY))}")
    if sort not in SORTS:
        raise HTTPException(400, f"sort has to be one of {', '.join(SORTS)}")
    if query.get("held", "yes") not in HELD:
        raise HTTPException(400, f"held has to be {' or '.join(HELD)}")
    found = Filter(
        state=None if state == ANY else state,
        since=_moment(query.get("since"), "since"),
        until=_moment(query.get("until"), "until"),
        held=HELD[query["held"]] if "held" in query else None,
        job=query.get("job"),
        host=query.get("host"),
        reason=query.get("reason"),
        digest=query.get("digest"),
        url=query.get("url"),
        request=query.get("request"),
    )
    return Asked(found, sort, query)


def _moment(text: str | None, name: str) -> datetime | None:
    """A browser's field gives a time without a zone; the console speaks UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise HTTPException(400, f"{name} has to be a time in UTC, such as 2026-01-31 or 2026-01-31T06:00") from None
