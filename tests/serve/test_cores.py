import os
from pathlib import Path

import pytest
from facegate.serve.cores import cores


@pytest.mark.parametrize(
    ("inner", "outer", "group", "expected"),
    [
        ("max 100000", "max 100000", "0::/a/b\n", 8),
        ("250000 100000", "max 100000", "0::/a/b\n", 2),
        ("max 100000", "300000 100000", "0::/a/b\n", 3),  # the quota of a group above
        ("50000 100000", "300000 100000", "0::/a/b\n", 1),
        ("250000 100000", "300000 100000", "0::/../c\n", 8),  # another's group
        ("250000 100000", "300000 100000", "4:cpu:/a/b\n", 8),  # in a group of version 1, these files are of no moment
        ("250000", "", "0::/a/b\n", 8),
        ("250000 0", "", "0::/a/b\n", 8),
    ],
)
def test_a_quota_counts_of_any_group_that_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inner: str, outer: str, group: str, expected: int
) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8)
    (tmp_path / "root/a/b").mkdir(parents=True)
    (tmp_path / "root/a/b/cpu.max").write_text(inner)
    (tmp_path / "root/a/cpu.max").write_text(outer)
    own = tmp_path / "cgroup"
    own.write_text(group)
    assert cores(tmp_path / "root", own) == expected


def test_in_a_container_the_root_is_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8)
    (tmp_path / "cpu.max").write_text("200000 100000\n")
    assert cores(tmp_path, tmp_path / "none") == 2
    (tmp_path / "own").write_text("0::/\n")
    assert cores(tmp_path, tmp_path / "own") == 2


def test_no_more_than_it_may_run_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("800000 100000\n")
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    assert cores(tmp_path, tmp_path / "none") == 2
    monkeypatch.setattr(os, "process_cpu_count", lambda: None)
    assert cores(tmp_path, tmp_path / "none") == 1
    monkeypatch.undo()
    assert 1 <= cores() <= (os.process_cpu_count() or 1)


@pytest.mark.parametrize(
    ("mounted", "group", "inner", "outer", "expected"),
    [
        ("cpu,cpuacct", "4:cpu,cpuacct:/a\n", "250000", "-1", 2),
        ("cpu", "0::/elsewhere\n4:cpu:/a\n", "-1", "350000", 3),  # version 2 beside it, without that controller
        ("cpu", "4:cpu:/not/seen/here\n", "-1", "350000", 3),  # a container: its own group at the root
        ("cpu", "4:cpu:/a\n", "-1", "-1", 8),
        ("cpu", "4:cpuset:/a\n", "100000", "-1", 8),
        ("cpu", "4:cpu:/a\n", "", "x", 8),
    ],
)
def test_a_quota_of_version_1_counts_too(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mounted: str,
    group: str,
    inner: str,
    outer: str,
    expected: int,
) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8)
    root = tmp_path / mounted
    (root / "a").mkdir(parents=True)
    for folder, quota in ((root, outer), (root / "a", inner)):
        (folder / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (folder / "cpu.cfs_period_us").write_text("100000\n")
    own = tmp_path / "cgroup"
    own.write_text(group)
    assert cores(tmp_path, own) == expected
