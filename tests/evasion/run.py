"""`make evasion`: everything at once, with figures.

    python -m evasion.run [--json FILE] [--examples N] [--seed N] [--only GROUP] [--without matrix,mutations,residuals]

Exit status 1 when anything got past that is not marked residual.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from evasion.case import Case
from evasion.listed import EVERY
from evasion.matrix import WAYS, Matrix, Outcome
from evasion.residuals import FAMILIES, variations
from evasion.walked import face, judged, nobody, verdict
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.model import Clear, Verdict
from live.authority import Authority
from live.gateways import Gateway
from rich.console import Console
from rich.progress import track
from rich.table import Table

OUT = Console()


def said(verdict: Verdict) -> str:
    return type(verdict).__name__.lower()


def walk(cases: list[Case], detector: FaceDetector) -> dict[str, Any]:
    """Each case and its twin without a face, in this process."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    past, closed = [], []
    for case in track(cases, "walk", console=OUT):
        found = verdict(case, face(), detector)
        table[case.group]["cases"] += 1
        table[case.group][said(found)] += 1
        if isinstance(found, Clear):
            (table[case.group].update(["residual"]) if case.residual else past.append(case.id))
        if case.open:
            table[case.group]["twins"] += 1
            if isinstance(verdict(case, nobody(), detector), Clear):
                table[case.group]["twins clear"] += 1
            else:
                closed.append(case.id)
    show("the walk", table, ("cases", "faces", "unreadable", "clear", "residual", "twins", "twins clear"))
    return {"groups": table, "past": past, "twins withheld": closed}


def matrix(cases: list[Case]) -> dict[str, Any]:
    """Each case on every way through a live gateway."""
    chosen = [(case, way) for case in cases for way in WAYS]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    past, began = [], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "authority").mkdir()
        authority = Authority(Path(folder, "authority"))
        config = f'[policy]\nfaces = "drop"\nunreadable = "drop"\n[egress]\ntrusted_ca = "{authority.pem}"\n'
        with Gateway(Path(folder, "gateway", "home"), config) as gateway, Matrix(gateway, authority, face()) as ways:
            for outcome in track(ways.runs(chosen), "matrix", total=len(chosen), console=OUT):
                count(table, outcome)
                if outcome.past and not outcome.case.residual:
                    past.append([outcome.case.id, *map(str, outcome.way)])
    show("through a live gateway", table, ("runs", "withheld", "past", "residual", "other"))
    return {"groups": table, "past": past, "runs": len(chosen), "seconds": round(time.monotonic() - began)}


def count(table: dict[str, Counter[str]], outcome: Outcome) -> None:
    protocol, secure, framing = outcome.way
    for row in (outcome.case.group, f"HTTP/{protocol} {'TLS' if secure else 'plain'}, {framing}"):
        table[row]["runs"] += 1
        if outcome.past:
            table[row]["residual" if outcome.case.residual else "past"] += 1
        else:
            table[row]["withheld" if outcome.status == 451 else "other"] += 1


def residuals(detector: FaceDetector) -> dict[str, Any]:
    found = {}
    for name in track(FAMILIES, "residuals", console=OUT):
        several = [judged(body, "image/png", (), detector) for body in variations(name, face())]
        found[name] = [sum(not isinstance(one, Clear) for one in several), len(several)]
    for case in EVERY:
        if case.residual:
            found[case.id] = [int(not isinstance(verdict(case, face(), detector), Clear)), 1]
    table = Table(title="what no gate decides for sure", title_justify="left")
    for column in ("family", "withheld", "of"):
        table.add_column(column)
    for name, (withheld, total) in found.items():
        table.add_row(name, str(withheld), str(total))
    OUT.print(table)
    return found


def mutations(examples: int, seed: int) -> bool:
    """Hypothesis prints the least composition that gets past."""
    os.environ |= {"EVASION_EXAMPLES": str(examples), "EVASION_SEED": str(seed)}
    return pytest.main(["-q", "-p", "no:cacheprovider", str(Path(__file__).with_name("test_mutations.py"))]) == 0


def show(title: str, rows: dict[str, Counter[str]], columns: tuple[str, ...]) -> None:
    table = Table(title=title, title_justify="left")
    for column in ("", *columns):
        table.add_column(column, justify="right" if column else "left")
    for name, counts in (*rows.items(), ("all", total(rows))):
        table.add_row(name, *(str(counts[column]) for column in columns))
    OUT.print(table)


def total(rows: dict[str, Counter[str]]) -> Counter[str]:
    """Of the groups; rows of the ways count the same runs again."""
    return sum((counts for name, counts in rows.items() if "HTTP/" not in name), Counter())


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--json", type=Path)
    ask.add_argument("--examples", type=int, default=10_000)
    ask.add_argument("--seed", type=int, default=4)
    ask.add_argument("--only", help="one group")
    ask.add_argument("--without", default="", help="of walk, matrix, residuals, mutations")
    args = ask.parse_args()
    cases = [case for case in EVERY if args.only in (None, case.group)]
    detector = FaceDetector.load(threshold=None, min_face=20)
    parts: dict[str, Any] = {
        "walk": lambda: walk(cases, detector),
        "matrix": lambda: matrix(cases),
        "residuals": lambda: residuals(detector),
        "mutations": lambda: {
            "examples": args.examples,
            "seed": args.seed,
            "passed": mutations(args.examples, args.seed),
        },
    }
    results = {name: part() for name, part in parts.items() if name not in args.without.split(",")}
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    past = [one for name in ("walk", "matrix") for one in results.get(name, {}).get("past", [])]
    for one in past:
        OUT.print(f"past: {one}", style="red")
    return 1 if past or not results.get("mutations", {"passed": True})["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
