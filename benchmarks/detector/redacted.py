"""Does a redacted picture still show a face? Redacted by facegate, looked at by every contestant."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detector.child import Child
from benchmarks.detector.contestants import ENTRIES, LOW
from benchmarks.detector.results import Results

Redact = Callable[[bytes], bytes | None]


class CannotRedact(Exception):
    """This facegate has no redaction."""


def redactor() -> Redact:
    """The product's redaction as shipped: a file's bytes to redacted ones, or None when it would withhold them all."""
    try:
        from facegate_addons.detection.redact import SEARCH
        from facegate_addons.inspection.redaction import redact
    except ImportError:
        raise CannotRedact("this version of facegate cannot redact; run without --redacted") from None
    from facegate_addons.detection.faces import FaceDetector

    decides = FaceDetector.load()
    searches = FaceDetector.load(threshold=SEARCH * decides.threshold)  # as a worker of the gateway does
    return lambda data: redact(data, decides, searches)


def look(corpus: Path, results: Results, weights: Path | None, redact: Redact, step: Callable[[str], None]) -> None:
    """Fills `redacted` of every run. One picture at a time, in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        covered: list[Path | None] = []
        for number, picture in enumerate(results.pictures):
            data = redact((corpus / picture.path).read_bytes()) if picture.face else None
            covered.append(Path(folder, str(number)) if data is not None else None)
            if data is not None:
                Path(folder, str(number)).write_bytes(data)
            step("redacting")
        for run in results.runs:
            with Child(run.name, LOW, weights if ENTRIES[run.name].file else None) as child:
                for file in covered:
                    run.redacted.append(child.look(file)[0] or 0.0 if file else None)
                    step("redacted pictures")
