"""The tables of a report: who finds what, by what is labelled. What it costs is in costs.py."""

from collections.abc import Iterable

from facegate.curve import Share

from benchmarks.detector import groups
from benchmarks.detector.contestants import OURS
from benchmarks.detector.costs import costs
from benchmarks.detector.groups import Group
from benchmarks.detector.points import LEVEL, LEVELS, found_over, level, shipped
from benchmarks.detector.results import Results, Run
from benchmarks.detector.table import NONE, Table, interval, plain


def tables(results: Results) -> list[Table]:
    """Those that the results have something for."""
    made = [_recall(results), _shipped(results), _beside(results), *_grouped(results), _false_positives(results)]
    return [table for table in (*made, _redacted(results), *costs(results)) if table.rows]


def _recall(results: Results) -> Table:
    rows = []
    for run in results.runs:
        reached = [level(results, run, share) for share in LEVELS]
        rows.append((run.title, *(interval(point.found) if point else NONE for point in reached)))
    undecoded = [f"{run.title}: {count}" for run in results.runs if (count := run.scores.count(None))]
    return Table(
        "Recall at a share of false positives",
        ("", *(f"at {share:.1%}" for share in LEVELS)),
        rows,
        f"{len(results.faces)} pictures with a face, {len(results.clear)} without; 95 % intervals (Wilson)."
        + (f" Files not decoded, counted as nothing found: {', '.join(undecoded)}." if undecoded else ""),
    )


def _shipped(results: Results) -> Table:
    rows: list[tuple[str, ...]] = [
        (run.title, f"{run.threshold:g}", interval(shipped(run, results.faces)), interval(shipped(run, results.clear)))
        for run in results.runs
        if run.shipped
    ]
    return Table("As shipped", ("", "threshold", "recall", "false positives"), rows)


def _beside(results: Results) -> Table:
    """Differences on the same pictures say more than two intervals that overlap."""
    ours = results.run(OURS)
    best = ours and level(results, ours)
    rows: list[tuple[str, ...]] = []
    if ours and best:
        mine = found_over(ours, results.faces, best.threshold)
        for run in results.runs:
            theirs = level(results, run)
            if run is not ours and theirs:
                its = found_over(run, results.faces, theirs.threshold)
                rows.append((run.title, str(len(mine & its)), str(len(mine - its)), str(len(its - mine))))
    return Table(f"Found at {LEVEL:.0%} false positives", ("", "by both", "by facegate alone", "by it alone"), rows)


def _grouped(results: Results) -> Iterable[Table]:
    pictures = results.pictures
    parts: list[tuple[str, list[Group], str]] = [
        ("Recall", groups.overall(pictures), ""),
        ("Recall by tag", groups.by_tag(pictures, face=True), "A picture may have several tags."),
        ("Recall by size of the largest face", groups.by_size(pictures), "Shorter side in pixels of the file."),
        (
            "Recall by perceived skin",
            groups.by_skin(pictures),
            "Fitzpatrick types as onlookers perceived them in photographs, which is no fact about a person. A picture "
            "counts when any face in it is found, so rows of pictures with several types say less. Few pictures, wide "
            "intervals: this can show a group that is missed; it cannot show that none is.",
        ),
    ]
    for title, held, note in parts:
        head, rows = _recalls(results, held)
        yield Table(f"{title} at {LEVEL:.0%} false positives", head, rows, note)


def _recalls(results: Results, held: list[Group]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Intervals for facegate; the thresholds are those of all pictures, not of the group."""
    reached = [(run, level(results, run)) for run in results.runs]
    head = ["", "pictures"]
    for run, _ in reached:
        head += [run.title, f"{run.title} as shipped"] if run.name == OURS else [run.title]
    rows = []
    for group in held:
        row = [group.name, str(len(group.numbers))]
        for run, point in reached:
            write = interval if run.name == OURS else plain
            row.append(write(_of(run, group, point.threshold) if point else None))
            if run.name == OURS:
                row.append(interval(shipped(run, group.numbers)))
        rows.append(tuple(row))
    return tuple(head), rows


def _of(run: Run, group: Group, threshold: float) -> Share:
    return Share(len(found_over(run, group.numbers, threshold)), len(group.numbers))


def _false_positives(results: Results) -> Table:
    runs = [run for run in results.runs if run.shipped]
    rows = [
        (group.name, str(len(group.numbers)), *(plain(shipped(run, group.numbers)) for run in runs))
        for group in groups.by_tag(results.pictures, face=False)
        if runs
    ]
    return Table("False positives by tag, as shipped", ("", "pictures", *(run.title for run in runs)), rows)


def _redacted(results: Results) -> Table:
    rows: list[tuple[str, ...]] = []
    for run in results.runs:
        left = [score for score in run.redacted if score is not None]
        point = level(results, run)
        if left and point:
            still = Share(sum(1 for score in left if score >= point.threshold), len(left))
            rows.append((run.title, str(len(left)), interval(still)))
    return Table(
        f"Redacted pictures that still show a face, at each one's threshold of {LEVEL:.0%} false positives",
        ("", "redacted", "a face is still found"),
        rows,
        f"Of {len(results.faces)} pictures with a face, those that facegate redacts instead of withholding them.",
    )
