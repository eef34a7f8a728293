"""With real workers: what is told of files, in which order."""

import hashlib
import os
from pathlib import Path

import pytest
from facegate.commands.looking import Looked, look_at, progress
from facegate.errors import ConfigError
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.protocol import WorkerSettings


def test_files_are_told_of_in_their_order_with_what_was_looked_at(
    tmp_path: Path, face_jpeg: bytes, plain_jpeg: bytes
) -> None:
    contents = [face_jpeg, plain_jpeg, b"", b"text"]
    files = [tmp_path / str(number) for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    (tmp_path / "folder").symlink_to(tmp_path)
    told: list[Looked] = []
    versions = look_at([*files, tmp_path / "folder"], WorkerSettings(), 2, progress(quiet=True), told.append)
    assert [looked.path for looked in told] == [*files, tmp_path / "folder"]
    kinds = [type(looked.verdict) for looked in told]
    assert kinds == [Faces, Clear, Clear, Clear, Unreadable]
    assert [looked.sha256 for looked in told] == [*(hashlib.sha256(content).hexdigest() for content in contents), ""]
    assert all(looked.ms > 0 for looked in told)
    assert versions["model"] == "centerface"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    told: list[Looked] = []
    look_at([tmp_path / "pipe"], WorkerSettings(), 1, progress(quiet=True), told.append)
    assert told[0].verdict == Unreadable(Reason.UNSUPPORTED_TYPE, "not a regular file")


def test_workers_that_do_not_start_say_why() -> None:
    with pytest.raises(ConfigError, match=r'detector.provider = "openvino" is not in the installed'):
        look_at([Path("a")], WorkerSettings(provider="openvino"), 1, progress(quiet=True), print)
