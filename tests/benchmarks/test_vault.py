"""`make bench-vault` in small, on folders: the server is what is measured, and tests/quarantine tries it."""

import sys
from pathlib import Path

from facegate.quarantine.blobs import Blobs, FileBlobs

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.vault import ACTS, measured, table


def test_every_act_of_every_storage_is_measured_and_nothing_is_left(tmp_path: Path) -> None:
    storages: dict[str, Blobs] = {}
    for name in ("files", "others"):
        (tmp_path / name).mkdir()
        storages[name] = FileBlobs(tmp_path / name)
    found = measured(storages, 10, 1000, 2)
    assert set(found) == set(storages)
    assert all(found[name][act]["per_second"] > 0 for name in storages for act in ACTS)
    assert all(0 < found[name][act]["median"] <= found[name][act]["p95"] for name in storages for act in ACTS)
    assert not [blob for blobs in storages.values() for blob in blobs.list()]
    assert table(found).splitlines()[0].endswith("files:others")


def test_the_ratio_is_that_of_the_rates() -> None:
    fast = {act: {"per_second": 300.0, "median": 1.0, "p95": 2.0} for act in ACTS}
    slow = {act: {"per_second": 100.0, "median": 3.0, "p95": 4.0} for act in ACTS}
    first, put, *_ = table({"files": fast, "s3": slow}).splitlines()
    assert first.split()[-1] == "files:s3"
    assert put.split() == ["put", "300,", "1.0,", "2.0", "100,", "3.0,", "4.0", "3.0"]
