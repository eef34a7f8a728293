"""What the pages of one job share: whose it is, what its page shows, and the lines for its crawler."""

from dataclasses import dataclass
from typing import Any

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request

from facegate.api.history import events
from facegate.config import Config
from facegate.console.site import Site, Visitor
from facegate.errors import NotAllowed
from facegate.hostport import host_port
from facegate.jobs.asfile import job_file
from facegate.jobs.comparison import compared
from facegate.jobs.inwords import in_words
from facegate.jobs.may import may
from facegate.jobs.questionnaire import assess
from facegate.jobs.record import RegisteredJob
from facegate.ledger.lookup import Wanted, find
from facegate.modes import PROXY_SCHEMES, kind
from facegate.state.standing import standing_of
from facegate.thresholds import COUNTED

LINES = 20  # of the ledger on a job's page
LOOKED = 64 << 20  # bytes of it that are looked at for them: some 0.1 s
REASON = 2_000  # characters, as the API has it
_COUNTED = 1_000  # records of one job; more are "1,000+"
_ANY = ("0.0.0.0", "::", "")  # noqa: S104 - what is listened on, not what a crawler is told


@dataclass(frozen=True, slots=True)
class Budget:
    label: str
    spent: int
    most: int | None


def seen(site: Site, request: Request) -> tuple[Visitor, RegisteredJob]:
    """The job of the path. Raises NotFound, and NotAllowed for an operator whose it is not."""
    visitor = site.visitor(request)
    job_id = str(request.path_params["id"])
    found = site.desk.show(job_id)
    if not visitor.sees(found.operator):
        raise NotAllowed(f"job {job_id!r} is run by another operator; {visitor.name} is operator and sees their own")
    return visitor, found


def reason(site: Site, request: Request) -> str:
    """The reason in the form, "" when it is none: it has to say something."""
    text = site.field(request, "reason", REASON)
    return text if len(text) >= 3 else ""


def shown(site: Site, visitor: Visitor, found: RegisteredJob) -> dict[str, Any]:
    """What the page of a job has to know."""
    decided = found.waiting or found.current
    return {
        "job": found,
        "may": may(found, visitor.actor, utc_now()),
        "words": in_words(found.job),
        "assessment": assess(decided.job),
        "whole": compared(None, found.job),
        "file": job_file(found.job),
        "waiting": compared(found.in_force.job, found.waiting.job) if found.in_force and found.waiting else None,
        "budgets": _budgets(found),
        "events": events(found),
        "lines": find(site.home.ledger, Wanted(event="job-*", job=found.id), limit=LINES, most=LOOKED).entries
        if visitor.reviews
        else None,
        "standing": standing_of(site.database, found.operator, site.config.accumulation.thresholds),
        "thresholds": site.config.accumulation.thresholds,
        "counted": COUNTED,
        "withheld": _withheld(site, found.id),
        "releases": _releases(site, found.id),
    }


def proxy_url(config: Config, job_id: str, token: str, asked: str) -> str:
    """What a crawler has for its proxy; "" where the gateway is none to its clients. `asked` is the host by which the
    console was asked, for a gateway that listens on every address."""
    scheme = PROXY_SCHEMES.get(kind(config.listen.mode))
    if scheme is None:
        return ""
    host = asked if config.listen.host in _ANY else config.listen.host
    return f"{scheme}://{job_id}:{token}@{host_port(host or 'GATEWAY', config.listen.port)}"


def number(text: str, name: str) -> int:
    """A whole number that the page itself put into the form."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise HTTPException(400, f"{name} has to be a whole number; load the page anew")
    return int(text)


def _budgets(found: RegisteredJob) -> list[Budget]:
    scope, spent = found.job.scope, found.spent
    return [
        Budget("Releases", spent.releases, scope.max_releases),
        Budget("Faces in them", spent.faces, scope.max_faces),
        Budget("Responses", spent.responses, scope.max_responses),
        Budget("Bytes", spent.bytes, scope.max_bytes),
    ]


def _withheld(site: Site, job_id: str) -> str:
    (row,) = site.database.read(
        "SELECT count(*) AS n FROM (SELECT 1 FROM record_jobs WHERE job = ? LIMIT ?)", (job_id, _COUNTED + 1)
    )
    return f"{row['n']:,}" if row["n"] <= _COUNTED else f"{_COUNTED:,}+"


def _releases(site: Site, job_id: str) -> dict[str, int]:
    rows = site.database.read("SELECT state, count(*) AS n FROM releases WHERE job = ? GROUP BY state", (job_id,))
    return {row["state"]: row["n"] for row in rows}
