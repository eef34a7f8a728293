"""Who hears of a fault: the log, the metrics, readiness."""

import re
from collections import Counter
from dataclasses import dataclass

import httpx
from faults.launched import Launched
from plain_http import NO_TLS

_LINE = re.compile(r"^(\w+?)(?:_total|_bucket|_count)?(?:\{(.*)\})? ([0-9.e+]+)$", re.M)
_NAMED = ("facegate_errors", "facegate_alarms", "facegate_vault_failures", "facegate_state_writes_refused",
          "facegate_workers_ended", "facegate_unsealed")  # fmt: skip
GOOD = ("clear", "faces", "no-body", "released", "false-positive")
LATE = 1.0  # seconds


@dataclass(frozen=True)
class Heard:
    log: int  # characters of it
    counts: Counter[str]


def heard(it: Launched) -> Heard:
    return Heard(len(it.gateway.stderr()), _counts(_get(it, "/metrics")))


def told(it: Launched, before: Heard, why: list[str]) -> list[str]:
    """`why`: of readiness while the fault was on. Words such as `log`, `metric NAME`, `readiness`."""
    lines = it.gateway.stderr()[before.log :].splitlines()
    now = _counts(_get(it, "/metrics"))
    grown = sorted(name for name, count in now.items() if count > before.counts[name])
    return (["log"] if lines else []) + [f"metric {name}" for name in grown] + (["readiness"] if why else [])


def unready(it: Launched) -> list[str]:
    """What readiness says; that the console does not answer is a word, too."""
    text = _get(it, "/readyz")
    return re.findall(r'"why":\[(.*?)\]', text)[:1] if '"ready":false' in text else [] if text else ["no answer"]


def _get(it: Launched, path: str) -> str:
    try:
        with httpx.Client(trust_env=False, timeout=5, verify=NO_TLS) as client:
            return client.get(it.gateway.console + path).text
    except httpx.HTTPError:
        return ""


def _counts(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    late = 0.0
    for name, labels, value in _LINE.findall(text):
        if name in _NAMED:
            found[name] += float(value)
        elif name == "facegate_exchanges" and not any(f'reason="{good}"' in labels for good in GOOD):
            found["facegate_exchanges"] += float(value)
    for line in text.splitlines():
        if line.startswith("facegate_exchange_seconds_count"):
            late += float(line.rpartition(" ")[2])
        elif line.startswith("facegate_exchange_seconds_bucket") and f'le="{LATE}"' in line:
            late -= float(line.rpartition(" ")[2])
    found["facegate_exchange_seconds"] = late
    return found
