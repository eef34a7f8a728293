"""`make bench-crawler`: what is made of img2dataset's report. The crawl itself needs the package registry."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

REPORTED = """
from img2dataset import report
from labels import Picture
pictures = [Picture("a.jpg", True), Picture("b.jpg", True), Picture("c.jpg", False), Picture("d.jpg", False)]
said = {0: ("failed_to_download", "HTTP Error 451"), 3: ("success", None), 2: ("success", None)}
rows = [{"url": f"http://h/{n}", "status": status, "error_message": why} for n, (status, why) in said.items()]
print(report(pictures, rows))
"""


def test_what_is_kept_and_what_is_not_is_told_by_label() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REPORTED], cwd=BENCHMARKS, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.splitlines() == [
        "with a face: 2",
        "      1 HTTP Error 451",
        "      1 not reported",
        "without one: 2",
        "      2 success",
    ], done.stderr
