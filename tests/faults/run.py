"""`make faults`: every fault at every call site, and what became of it.

    python -m faults.run [--json FILE] [--out FILE.md] [--only WORDS] [--kinds exception,hang] [--merge FILE]

Exit status 1 when anything got past, or was not as it should be.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from evasion.case import encoded
from facegate.selftest import canary
from faults.case import Matrix, Result
from faults.kinds import Kind
from faults.launched import launched
from faults.sites import SITES, Site
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

OUT = Console()
type Facts = dict[str, Any]  # of one fault at one call site


def face() -> bytes:
    return canary.jpeg()


def nobody() -> bytes:
    """Shares no bytes with the canary."""
    return encoded(Image.linear_gradient("L").convert("RGB").resize((96, 96)), "PNG")


def run(cases: list[tuple[Site, Kind]], file: Path | None = None) -> list[Result]:
    """`file` has at any time what was found so far."""
    with (
        tempfile.TemporaryDirectory(prefix="facegate-faults-") as folder,
        launched(Path(folder, "run"), face(), nobody()) as it,
    ):
        matrix = Matrix(it)
        results = []
        for case in track(cases, "faults", console=OUT):
            results.append(_told(matrix.run(*case)))
            if file is not None:
                file.write_text(json.dumps([as_json(it) for it in results], indent=1) + "\n", encoding="utf-8")
        matrix.end()
        return results


def _told(result: Result) -> Result:
    for problem in result.problems:
        OUT.print(f"{result.site.name}, {result.kind.word}: {problem}", style="red")
    return result


def as_json(result: Result) -> Facts:
    return {
        "site": result.site.name,
        "target": result.site.target,
        "fault": result.kind.word,
        "outcome": result.outcome,
        "told": result.told,
        "slowest_ordinary": round(max((it.seconds for it in result.ordinary), default=0.0), 3),
        "recovered": round(result.recovered, 3),
        "problems": result.problems,
    }


def rows(results: list[Facts]) -> list[tuple[str, ...]]:
    """A line for each site and outcome: site, faults, outcome, who was told."""
    lines: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for it in results:
        lines[it["site"], it["outcome"], ", ".join(it["told"]) or "-"].append(it["fault"])
    return [(site, ", ".join(kinds), outcome, told) for (site, outcome, told), kinds in lines.items()]


def table(results: list[Facts]) -> Table:
    found = Table(title="faults", title_justify="left")
    for column in ("call site", "fault", "outcome", "told by"):
        found.add_column(column)
    for row in rows(results):
        found.add_row(*row)
    return found


def summary(results: list[Facts]) -> str:
    kinds = Counter(it["fault"] for it in results)
    bad = sum(bool(it["problems"]) for it in results)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    sites = len({it["site"] for it in results})
    return f"{len(results)} faults at {sites} call sites ({told}): {bad} not as they should be."


def page(results: list[Facts]) -> str:
    """Markdown: a row for each call site, a column for each fault."""
    kinds = [kind.word for kind in Kind]
    lines = [f"| call site | {' | '.join(kinds)} | told by |", "|---" * (len(kinds) + 2) + "|"]
    for site in SITES:
        here = {it["fault"]: it for it in results if it["site"] == site.name}
        told = sorted({word.removeprefix("metric ") for it in here.values() for word in it["told"]})
        cells = [here[kind]["outcome"] if kind in here else "" for kind in kinds]
        lines.append(f"| {site.name} | {' | '.join(cells)} | {', '.join(told)} |")
    return "\n".join([*lines, "", summary(results), ""])


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--json", type=Path)
    ask.add_argument("--out", type=Path, help="a Markdown file with the table")
    ask.add_argument("--only", default="", help="call sites with these words in their name")
    ask.add_argument("--kinds", default="", help="such as exception,hang; all without it")
    ask.add_argument("--merge", type=Path, action="append", default=[], help="what an earlier run wrote as JSON, too")
    args = ask.parse_args()
    kinds = [kind for kind in Kind if not args.kinds or kind.word in args.kinds.split(",")]
    cases = [(site, kind) for kind in kinds for site in SITES if args.only in site.name and kind in site.kinds]
    before = [it for file in args.merge for it in json.loads(file.read_text("utf-8"))]
    results = merged([*before, *map(as_json, run(cases, args.json) if cases else [])])
    OUT.print(table(results))
    OUT.print(summary(results))
    if args.out:
        args.out.write_text(page(results), encoding="utf-8")
    return 1 if any(it["problems"] for it in results) else 0


def merged(results: list[Facts]) -> list[Facts]:
    """Of each fault at each call site what was found last."""
    return list({(it["site"], it["fault"]): it for it in results}.values())


if __name__ == "__main__":
    sys.exit(main())
