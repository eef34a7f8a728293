"""The measured miss rate: what the ledger says of the pictures that were drawn from, and reviewers of those drawn."""

from dataclasses import asdict
from typing import Any

from facegate.moments import stamp
from facegate.reports.estimate import CONFIDENCE, Estimate, Stratum, estimate
from facegate.reports.lines import Asked
from facegate.reports.sampled import Population, Sampled
from facegate.samples import review
from facegate.state.database import Database

METHOD = (
    "Clopper-Pearson, exact, two-sided (Biometrika 26, 1934; its width: Brown, Cai and DasGupta, Statistical Science"
    " 16, 2001). Where the rate was changed, each rate is a stratum of its own: shares are weighted by how many"
    " pictures passed in it (Horvitz and Thompson, 1952), and the error is divided among the strata (Bonferroni)."
    " For none out of n also the rule of three, one-sided."
)
ASSUMPTIONS = (
    "Reviewers see every face that is there, and none that is not.",
    "Pictures were drawn at random; those that could not be kept, or that nobody decided in time, are like the others.",
    "Pictures as they were delivered: stand-alone ones only; not those in documents, archives, video or streams.",
    "A picture in which a face was found counts as one that has a face, unless a reviewer called it a false positive.",
    "It speaks of the traffic, jobs and versions of this time, and of no other: what comes often counts often.",
)


def miss_rate(database: Database, asked: Asked, sampled: Sampled) -> dict[str, Any]:
    since, until = (stamp(at) if at is not None else "" for at in (asked.since, asked.until))
    decided: dict[float, dict[str, int]] = {}
    for row in review.by_rate(database, asked.job, since, until):
        decided.setdefault(row["rate"], {})[row["state"]] = row["n"]
    rates = {
        rate: _stratum(rate, sampled.rates.get(rate, Population()), decided.get(rate, {}))
        for rate in sorted(sampled.rates.keys() | decided.keys())
    }
    found = sum(it["found"] - it["false_positives"] for it in rates.values() if it["reviewed"])
    strata = [Stratum(rate, it["passed"], it["drawn"], it["reviewed"], it["faces"]) for rate, it in rates.items()]
    answer = estimate(strata, found)
    return {
        "measured": answer is not None,
        "confidence": CONFIDENCE,
        "strata": [{"rate": rate, **it} for rate, it in rates.items()],
        "left_out": sampled.left_out,
        "estimate": _as_json(answer) if answer is not None else None,
        "method": METHOD,
        "assumptions": list(ASSUMPTIONS),
    }


def _stratum(rate: float, population: Population, decided: dict[str, int]) -> dict[str, int]:
    kept = sum(decided.values())
    reviewed = decided.get("face", 0) + decided.get("no-face", 0)
    drawn = max(population.drawn, kept)  # a line may be damaged, a sample is there
    return {
        "passed": population.passed,
        "drawn": drawn,
        "dropped": drawn - kept,
        "waiting": decided.get("open", 0),
        "undecided": decided.get("expired", 0),
        "reviewed": reviewed,
        "faces": decided.get("face", 0),
        "found": population.found,
        "false_positives": population.false_positives,
    }


def _as_json(answer: Estimate) -> dict[str, Any]:
    """Rounded, so that another machine's last bit does not change a signed file."""
    return {name: _rounded(value) for name, value in asdict(answer).items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value
