"""Everything that a report says, as JSON: the page is made of it alone, and the bundle is it."""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.config import Config
from facegate.moments import stamp
from facegate.reports import known, outcomes
from facegate.reports.evidence import ledger_facts
from facegate.reports.gather import KEPT, Gathered, gather
from facegate.reports.lines import Asked, Heard
from facegate.reports.rates import miss_rate
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.jobs import unknown
from facegate.state.registry import LOCAL_JOB

SCHEMA = 1
TYPE = "facegate-report"
MOST = 50  # jobs and hosts that are named
_ELSEWHERE = ("document",)  # each version of a job is told whole already
_PEOPLE = ("releases", "overrides", "looks", "purges")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the facts are."""

    config: Config
    home: Home
    database: Database


def report_facts(
    sources: Sources, asked: Asked, now: datetime | None = None, read: Heard = lambda _bytes: None
) -> dict[str, Any]:
    """Raises FacegateError. `read` hears of the ledger's bytes, twice: to be added up, and to be verified."""
    database, folder = sources.database, sources.home.ledger
    if asked.job not in (None, LOCAL_JOB.id) and not database.read("SELECT 1 FROM jobs WHERE id = ?", (asked.job,)):
        raise unknown(asked.job or "")
    no_faces = known.false_positives(database)
    found = gather(folder, asked, no_faces, read)
    facts = {
        "type": TYPE,
        "schema": SCHEMA,
        "made": {"at": stamp(now or utc_now()), "by": f"facegate {importlib.metadata.version('facegate')}"},
        "asked": {
            "job": asked.job,
            "since": stamp(asked.since) if asked.since else None,
            "until": stamp(asked.until) if asked.until else None,
        },
        "period": {"first": found.first or None, "last": found.last or None, "step": found.step},
        "jobs": known.job_facts(database, asked),
        "traffic": _traffic(found),
        "decisions": _decisions(found),
        "versions": _versions(found),
        "people": {topic: _latest(found, topic) for topic in _PEOPLE},
        "events": {topic: _latest(found, topic) for topic in ("jobs", "policy", "accumulation", "ledger")},
        "lines": _counted(found.events),
        "records": known.record_facts(database, asked),
        "accumulation": known.accumulation_facts(database, asked, sources.config.accumulation.thresholds),
        "miss_rate": miss_rate(database, asked, found.sampled),
        "ledger": ledger_facts(sources.home, read),
        "settings": _settings(sources.config),
    }
    return facts | {"unknown": _unknown(facts, found)}


def _traffic(found: Gathered) -> dict[str, Any]:
    return {
        "exchanges": found.exchanges,
        "bytes": found.size,
        "passed_bytes": found.passed_size,
        "outcomes": _by_outcome((outcome, n) for (_, outcome), n in found.decisions.items()),
        "over_time": [
            {"at": at, **_by_outcome((outcome, found.over_time[at, outcome]) for outcome in outcomes.OUTCOMES)}
            for at in sorted({at for at, _ in found.over_time})
        ],
        "jobs": {"most": found.jobs.most(MOST), "missed": found.jobs.missed},
        "withheld_jobs": {"most": found.withheld_jobs.most(MOST), "missed": found.withheld_jobs.missed},
        "withheld_hosts": {"most": found.withheld_hosts.most(MOST), "missed": found.withheld_hosts.missed},
    }


def _decisions(found: Gathered) -> list[dict[str, Any]]:
    order = list(outcomes.OUTCOMES)
    rows = [{"reason": reason, "outcome": outcome, "count": n} for (reason, outcome), n in found.decisions.items()]
    return sorted(rows, key=lambda row: (order.index(row["outcome"]), -row["count"], row["reason"]))


def _versions(found: Gathered) -> list[dict[str, Any]]:
    rows = [
        {"versions": dict(versions), "exchanges": it.exchanges, "first": it.first, "last": it.last}
        for versions, it in found.versions.items()
    ]
    return sorted(rows, key=lambda row: (row["first"], sorted(row["versions"].items())))


def _latest(found: Gathered, topic: str) -> dict[str, Any]:
    latest = found.topics[topic]
    told = [{name: value for name, value in entry.items() if name not in _ELSEWHERE} for entry in latest.oldest_first()]
    return {"count": latest.count, "told": told}


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _by_outcome(counts: Any) -> dict[str, int]:
    by = dict.fromkeys(outcomes.OUTCOMES, 0)
    for outcome, n in counts:
        by[outcome] += n
    return by


def _settings(config: Config) -> dict[str, Any]:
    """What is in force now of what bears on the figures. No secret is among it."""
    return {
        "policy": config.gate_policy.version,
        "model": config.detector.model,
        "threshold": config.detector.threshold,
        "min_face": config.detector.min_face,
        "keep": config.vault.keep,
        "sample": {"rate": config.sample.rate, "keep": config.sample.keep, "most": config.sample.most},
    }


def _unknown(facts: Mapping[str, Any], found: Gathered) -> list[str]:
    """What a reader would otherwise take for known."""
    ledger, told = facts["ledger"], []
    if not ledger["ok"]:
        told.append("The ledger is not whole: what its missing or altered lines said is in no figure. See The ledger.")
    if found.damaged or found.undated:
        told.append(f"{found.damaged + found.undated:,} lines could not be read and are in no figure.")
    since = found.asked.since
    if since is not None and ledger["began"] and ledger["began"] > stamp(since):
        told.append(f"The ledger begins at {ledger['began'][:19]}: of the time before it, nothing is known.")
    for what, missed in (("jobs", found.jobs.missed), ("hosts", found.withheld_hosts.missed)):
        if missed:
            told.append(f"There are many {what}: their counts are lower bounds, up to {missed:,} too low.")
    for topic in (*facts["people"].values(), *facts["events"].values()):
        if topic["count"] > KEPT:
            told.append(f"Of some topics only the newest {KEPT} lines are told one by one; all of them are counted.")
            break
    if any("dropped" in name for name in found.events):
        told.append("The disk was away: lines that were to be written in that time are lost, and counted as dropped.")
    told += [f"{line}: it is left out." for line in facts["jobs"]["altered"]]
    if facts["miss_rate"]["measured"]:
        told.append("How many faces passed is an estimate from a sample, with the interval beside it.")
    else:
        told.append("How many faces passed without being found was not measured: no sample was reviewed in this time.")
    if any(row["outcome"] == "observed" for row in facts["decisions"]):
        told.append("In part of this time the gateway was in observe mode: it withheld nothing.")
    told.append("What never came through the gateway is not in it.")
    return told
