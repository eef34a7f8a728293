"""How long it takes to verify a ledger of a million lines, and whether a line that was altered, a line that was removed
and a file that was removed are each found.

The lines are exchanges as a gateway writes them, in files closed at the default size, in a temporary directory and in
the system's cache. Each way to spoil the ledger is tried on the whole of it, and the first bad line is printed as
`facegate ledger verify` names it.
"""

import json
import platform
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.ledger import checkpoints
from facegate.ledger.audit import Asked, audit
from facegate.ledger.file import LedgerFile
from facegate.ledger.files import all_files, closed
from facegate.ledger.reading import entries
from facegate.ledger.rotation import Rotation
from facegate_addons.domain.model import utc_now

BATCH = 512
type Figures = dict[str, float | str]


@click.command(help=__doc__)
@click.option("--lines", default=1_000_000, show_default=True, help="Exchanges written.")
@click.option("--rotate-size", default=Rotation().size, show_default=True, help="Bytes of a file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(lines: int, rotate_size: int, json_file: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="facegate-bench-") as temporary:
        folder = Path(temporary) / "ledger"
        folder.mkdir()
        figures = _measure(folder, lines, rotate_size)
    for name, value in figures.items():
        click.echo(f"{name:<44} {value if isinstance(value, str) else format(value, ',.4g')}")
    click.echo(f"\nPython {platform.python_version()}, one process.")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _measure(folder: Path, lines: int, rotate_size: int) -> Figures:
    key = Ed25519PrivateKey.generate()
    figures: Figures = {}
    taken = 0.0
    for part in range(2):  # the second half is newer than the checkpoint
        taken += _timed(lambda: _write(folder, lines // 2, rotate_size))[0]
        if part == 0:
            figures["first checkpoint, s"] = _timed(lambda: checkpoints.make(folder, key, "asked"))[0]
    files = all_files(folder)
    figures |= {
        "lines": sum(1 for path in files for _ in path.open("rb")),
        "files": len(files),
        "MB": sum(path.stat().st_size for path in files) / 1e6,
        "writing, lines/s": lines / taken,
    }
    seconds, found = _timed(lambda: audit(folder))
    _expect(found.ok, "the whole ledger")
    figures["verifying all, s"] = seconds
    figures["verifying all, lines/s"] = lines / seconds
    seconds, found = _timed(lambda: audit(folder, Asked(since_checkpoint=True)))
    _expect(found.ok, "since the checkpoint")
    figures["verifying the half since the checkpoint, s"] = seconds
    figures["next checkpoint, s"] = _timed(lambda: checkpoints.make(folder, key, "asked"))[0]
    figures["one more checkpoint, nothing new, s"] = _timed(lambda: checkpoints.make(folder, key, "asked"))[0]
    figures["reading every line as JSON, s"] = _timed(lambda: sum(1 for _ in entries(folder)))[0]
    for name, spoil in (("an altered line", _alter), ("a removed line", _remove), ("a removed file", _remove_file)):
        with _spoilt(folder, spoil) as spoilt:
            seconds, found = _timed(lambda spoilt=spoilt: audit(spoilt))
        bad = [report for report in found.reports if not report.ok]
        _expect(bad, name)
        figures[f"{name}, found in s"] = seconds
        figures[f"{name}, named as"] = f"{bad[0].file}:{bad[0].bad_line}: {bad[0].problem}"
    return figures


def _timed[T](work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _expect(fine: object, what: str) -> None:
    if not fine:
        raise click.ClickException(f"{what}: was not verified as it is")


def _write(folder: Path, lines: int, rotate_size: int) -> None:
    file = LedgerFile(folder, "gateway-0", rotation=Rotation(rotate_size, None))
    some: list[dict[str, object]] = []
    for entry in _exchanges(lines):
        some.append(entry)
        if len(some) == BATCH:
            file.append(some)
            some = []
    if some:
        file.append(some)
    file.close()


def _exchanges(count: int) -> Iterator[dict[str, object]]:
    draw = random.Random(count)
    versions = {"policy": "5:enforce", "model": "centerface", "weights": "77e394b51108381b4c4f7b4baf1c64ca9f4aba73"}
    for n in range(count):
        digest = f"{draw.getrandbits(256):064x}"
        yield {
            "event": "exchange", "at": utc_now().isoformat(), "id": digest[:36], "job": "text-corpus",
            "operator": "acme-crawl", "scope": "untargeted", "method": "GET",
            "url": f"https://www.site-{n % 997}.example/archive/{n}/picture-{digest[:8]}.jpg?size=1024&page={n % 31}",
            "origin_status": 200, "status": 200, "action": "pass", "reason": "clear", "detail": "", "faces": 0,
            "digest": digest, "redacted": "", "size": draw.randrange(1 << 20), "record": "", "ms": draw.randrange(90),
            "versions": versions,
        }  # fmt: skip


class _spoilt:  # noqa: N801 - reads as what it is
    """The ledger while one file of it is spoilt, and as it was again."""

    def __init__(self, folder: Path, spoil: Callable[[Path], None]) -> None:
        self._folder, self._spoil = folder, spoil
        files = closed(folder, "gateway-0") or [folder / "gateway-0.jsonl"]
        self._path = files[len(files) // 2]
        self._aside = folder.parent / "aside"

    def __enter__(self) -> Path:
        shutil.copyfile(self._path, self._aside)
        self._spoil(self._path)
        return self._folder

    def __exit__(self, *_exc: object) -> None:
        self._aside.replace(self._path)


def _alter(path: Path) -> None:
    """One digit in the middle of the file."""
    with path.open("r+b") as file:
        middle = path.stat().st_size // 2
        file.seek(middle)
        at = middle + file.read(1 << 16).index(b'"status":200') + len(b'"status":20')
        file.seek(at)
        file.write(b"1")


def _remove(path: Path) -> None:
    raw = path.read_bytes()
    begin = raw.index(b"\n", len(raw) // 2) + 1
    path.write_bytes(raw[:begin] + raw[raw.index(b"\n", begin) + 1 :])


def _remove_file(path: Path) -> None:
    path.unlink()


if __name__ == "__main__":
    main()
