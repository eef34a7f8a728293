import os
from pathlib import Path

import pytest
from facegate.errors import ConfigError, InvalidJob, Problem
from facegate.jobs import file
from facegate.jobs.declared import (
    PROBLEM,
    PROBLEMS,
    Declared,
    job_files,
    once_each,
    read_declared,
    signature,
)
from facegate.jobs.reader import Described
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Job
from jobs.conftest import Described as Text


def read_described(path: Path) -> Described:
    return file.read_described(path, Rules())


HASH = "0aF1" * 16


def problems(path: Path) -> str:
    declared = read_declared(path, read_described)
    assert declared.job is None
    assert declared.problems
    assert str(path) not in declared.problems[0]  # the file is named already
    return "; ".join(declared.problems)


def test_a_folder_is_its_job_files_by_name(tmp_path: Path) -> None:
    for name in (
        "b.toml",
        "a.toml",
        ".hidden.toml",
        ".#b.toml",
        "#b.toml",
        "~b.toml",
        "b.toml~",
        "b.toml.bak",
        "x.txt",
    ):
        (tmp_path / name).write_text("")
    assert list(job_files(tmp_path)) == ["a.toml", "b.toml"]
    assert job_files(tmp_path / "missing") == {}
    with pytest.raises(ConfigError, match="jobs stay as they are"):
        job_files(tmp_path / "a.toml")


def test_a_file_that_is_replaced_with_its_old_times_has_another_signature(tmp_path: Path) -> None:
    path, other = tmp_path / "a.toml", tmp_path / "other"
    path.write_text("1")
    before = signature(path)
    other.write_text("2")
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    other.rename(path)
    assert before is not None
    assert signature(path) != before
    assert signature(path) == signature(path)


def test_links_are_followed_as_a_mounted_config_map_has_them(tmp_path: Path, described: Text) -> None:
    data = tmp_path / "..data"
    data.mkdir()
    (data / "a.toml").write_text(described("crawl"))
    (tmp_path / "a.toml").symlink_to("..data/a.toml")
    assert list(job_files(tmp_path)) == ["a.toml"]
    assert read_declared(tmp_path / "a.toml", read_described).job == Job("crawl", "acme", "text")


def test_what_is_no_plain_file_is_told_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "dangling.toml").symlink_to("nowhere")
    (tmp_path / "circle.toml").symlink_to("circle.toml")
    (tmp_path / "device.toml").symlink_to("/dev/zero")
    found = job_files(tmp_path)
    assert set(found.values()) == {None}
    for name in found:
        assert "is no file" in problems(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "not valid TOML"),
        (b"id =", "not valid TOML"),
        (b"x = " + b"[" * 100_000, "not valid TOML"),
        (b"#" * (2 << 20), "too large"),
        (b"", "id is missing"),
        (b'id = "x"\ntoken_sha256 = "abc"', "64 digits of hex"),
        (b'id = "x"\ntoken_sha256 = 7', "64 digits of hex"),
        (b'id = "x"\ntokn = "secret"', "tokn is no known key"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_no_secret(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    assert says in problems(path)
    assert "secret" not in problems(path)
    assert "abc" not in problems(path)


@pytest.mark.parametrize("name", [b"\xff.toml", b"a\nb.toml", b"\x1b[2J.toml"])
def test_a_name_that_cannot_be_printed_is_refused_and_spelled_out(tmp_path: Path, name: bytes, described: Text) -> None:
    (tmp_path / os.fsdecode(name)).write_text(described("crawl"))
    (found,) = job_files(tmp_path)
    declared = read_declared(tmp_path / found, read_described)
    assert declared.job is None
    assert "rename it" in declared.problems[0]
    assert declared.file.isascii()
    assert declared.file.isprintable()


def test_an_unreadable_file_stops_no_other(tmp_path: Path, described: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.toml").write_text("id")
    (tmp_path / "b.toml").write_text(described("crawl"))
    found = [read_declared(tmp_path / name, read_described) for name in job_files(tmp_path)]
    assert [one.job is None for one in found] == [True, False]

    def refuses(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuses)  # root reads everything
    assert "cannot be read (Permission denied)" in problems(tmp_path / "b.toml")


def test_every_problem_is_told_but_no_end_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("")

    def read(path: Path) -> Described:
        raise InvalidJob(str(path), [Problem("scope.hosts", "x" * 1_000)] * 100)

    declared = read_declared(path, read)
    assert len(declared.problems) == PROBLEMS
    assert declared.problems[0].startswith("scope.hosts xxx")
    assert len(declared.problems[0]) == PROBLEM + 1


def test_a_file_may_bring_the_hash_of_a_token(tmp_path: Path, described: Text) -> None:
    path = tmp_path / "a.toml"
    path.write_text(described("crawl", first=f'token_sha256 = "{HASH}"'))
    assert read_declared(path, read_described) == Declared("a.toml", Job("crawl", "acme", "text"), bytes.fromhex(HASH))
    path.write_text(described("crawl"))
    assert read_declared(path, read_described).token_hash is None


def test_what_two_files_say_is_said_by_neither() -> None:
    one, other, third = (
        Declared("a", Job("x", "acme")),
        Declared("b", Job("x", "acme")),
        Declared("c", Job("y", "acme")),
    )
    first, second, alone = once_each([one, other, third])
    assert first.problems == ("id 'x' stands in b, too; keep one of them",)
    assert second.problems == ("id 'x' stands in a, too; keep one of them",)
    assert (first.job, second.job, alone) == (None, None, third)


def test_a_token_is_of_one_job() -> None:
    found = once_each([Declared("a", Job("x", "acme"), b"1" * 32), Declared("b", Job("y", "acme"), b"1" * 32)])
    assert [one.problems for one in found] == [
        ("token_sha256 stands in b, too; make a token for each job",),
        ("token_sha256 stands in a, too; make a token for each job",),
    ]
    assert [one.token_hash for one in found] == [None, None]
