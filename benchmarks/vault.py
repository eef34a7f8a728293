"""What the vault's storage costs: bodies put, read and removed, in files and on an S3 server (moto's, beside it).

Both do the same work in turns, so that what else the machine does meets both. The server is written in Python and
stands for none that one would run: the ratios say what the way there costs, not what a storage can do.
"""

import json
import os
import platform
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
from facegate.quarantine.blobs import Blobs, FileBlobs
from facegate.quarantine.s3 import S3Blobs
from s3_server import BUCKET, CREDENTIALS, S3Server

ACTS = ("put", "get", "delete")
ROUNDS = 5

type Times = dict[str, list[float]]  # milliseconds, by act
type Spans = dict[str, float]  # seconds that all of one act took


@click.command(help=__doc__)
@click.option("--bodies", default=200, show_default=True, help="Of each storage.")
@click.option("--size", default=100_000, show_default=True, help="Bytes of a body.")
@click.option("--threads", default=4, show_default=True, help="At once, as in a gateway's vault.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(bodies: int, size: int, threads: int, json_file: Path | None) -> None:
    os.environ |= CREDENTIALS
    with tempfile.TemporaryDirectory(prefix="facegate-bench-") as folder, S3Server() as server:
        storages: dict[str, Blobs] = {
            "files": FileBlobs(Path(folder)),
            "s3": S3Blobs(f"s3://{BUCKET}", "bench", endpoint=server.endpoint),
        }
        found = measured(storages, bodies, size, threads)
    click.echo(table(found))
    click.echo(f"\n{bodies} bodies of {size:,} bytes, {threads} at once; milliseconds, median and 95th percentile.")
    click.echo(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}.")
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def measured(storages: dict[str, Blobs], bodies: int, size: int, threads: int) -> dict[str, dict[str, Any]]:
    """By storage and act: `per_second`, and `median` and `p95` in milliseconds."""
    times: dict[str, Times] = {name: {act: [] for act in ACTS} for name in storages}
    spans: dict[str, Spans] = {name: dict.fromkeys(ACTS, 0.0) for name in storages}
    each = -(-bodies // ROUNDS)
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS):
            for name, blobs in storages.items():
                ids, body = [secrets.token_hex(16) for _ in range(each)], secrets.token_bytes(size)
                acts: tuple[Callable[[str], object], ...] = (
                    lambda id_, blobs=blobs, body=body: blobs.put(id_, (body,)),  # type: ignore[misc]
                    blobs.get,
                    blobs.remove,
                )
                for act, call in zip(ACTS, acts, strict=True):
                    started = time.perf_counter()
                    times[name][act] += pool.map(lambda id_, call=call: _timed(call, id_), ids)
                    spans[name][act] += time.perf_counter() - started
    return {
        name: {
            act: {
                "per_second": len(took) / spans[name][act],
                "median": statistics.median(took),
                "p95": statistics.quantiles(took, n=20)[-1],
            }
            for act, took in acts_.items()
        }
        for name, acts_ in times.items()
    }


def _timed(call: Callable[[str], object], id_: str) -> float:
    started = time.perf_counter()
    call(id_)
    return (time.perf_counter() - started) * 1000


def table(found: dict[str, dict[str, Any]]) -> str:
    """The last column is the first storage's rate over the last one's."""
    names = list(found)
    head = ["act", *(f"{name}: a second, median, p95" for name in names), f"{names[0]}:{names[-1]}"]
    rows = [head]
    for act in ACTS:
        cells = [found[name][act] for name in names]
        figures = [f"{it['per_second']:,.0f}, {it['median']:.1f}, {it['p95']:.1f}" for it in cells]
        rows.append([act, *figures, f"{cells[0]['per_second'] / cells[-1]['per_second']:.1f}"])
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


if __name__ == "__main__":
    main()
