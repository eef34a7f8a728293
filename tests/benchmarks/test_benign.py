"""`make bench-benign` in small: the real command on a package written here, and what the sampler chooses."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from facegate.errors import ConfigError

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.benign import packages  # noqa: E402
from benchmarks.benign.bodies import Sampler  # noqa: E402
from benchmarks.benign.kinds import content_type, kind_of  # noqa: E402

PAGE = b"<!doctype html><title>Cups</title><p>Coffee in a cup.</p>"
UNNAMED = b"\x07\x91\xfe\x03\x80" * 400


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with one package in it, and pins.toml that names it."""
    file = tmp_path / "cups-1.0.0.tgz"
    files = {"package/a.html": PAGE, "package/b.html": PAGE + b"\n", "package/c.css": b"p { margin: 0 }"}
    file.write_bytes(packed({**files, "package/d.bin": UNNAMED, "package/e.png": b"no picture"}))
    row = {"name": "cups", "version": "1.0.0", "file": file.name, "integrity": packages.integrity(file)}
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items())
    (tmp_path / "pins.toml").write_text(f"[[npm]]\n{lines}", encoding="utf-8")
    return tmp_path


def run(cache: Path, *options: object) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "benchmarks.benign", "--cache", cache, "--pins", cache / "pins.toml", *options]
    return subprocess.run([*map(str, argv)], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)


def test_counts_lists_and_looks_inside(cache: Path) -> None:
    out = cache / "out.jsonl"
    done = run(cache, "--list", "--inside", "--json", out)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["path"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert set(rows) == {"package/a.html", "package/b.html", "package/c.css", "package/d.bin", ""}
    assert {path for path, row in rows.items() if row["reason"]} == {"package/d.bin", ""}
    assert rows["package/d.bin"]["reason"] == "unknown-type"
    assert "| html | 2 | 0.0 | 0 | 0.00% |" in done.stdout
    assert "| archive | cups (npm) | (the package) |" in done.stdout
    assert f"| .bin | unknown-type |  | 1 | {len(UNNAMED)} | cups (npm): package/d.bin |" in done.stdout


def test_two_processes_say_the_same(cache: Path) -> None:
    verdicts = []
    for jobs in (1, 2):
        out = cache / f"{jobs}.jsonl"
        done = run(cache, "--jobs", jobs, "--kind", "html", "--kind", "other", "--json", out)
        assert done.returncode == 0, done.stdout + done.stderr
        rows = map(json.loads, out.read_text(encoding="utf-8").splitlines())
        verdicts.append([(row["path"], row["kind"], row["reason"]) for row in rows])
    assert verdicts[0] == verdicts[1]
    assert len(verdicts[0]) == 3


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tmp_path / "bin" / "npm"
    client.parent.mkdir()
    client.write_text('#!/bin/sh\necho other > "$4/cups-1.0.0.tgz"\n', encoding="utf-8")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(client.parent), prepend=":")
    cups = packages.Package("npm", "cups", "1.0.0", "cups-1.0.0.tgz", "sha512-AAAA")
    with pytest.raises(ConfigError, match=r"cups 1\.0\.0 is not the file"):
        packages.fetch([cups], tmp_path / "cache", lambda _: None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_client_that_fails_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tmp_path / "npm"
    client.write_text("#!/bin/sh\necho noise >&2\necho no such package >&2\nexit 1\n", encoding="utf-8")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    cups = packages.Package("npm", "cups", "1.0.0", "cups-1.0.0.tgz", "sha512-AAAA")
    with pytest.raises(ConfigError, match=r"^cups 1\.0\.0 could not be fetched: no such package$"):
        packages.fetch([cups], tmp_path / "cache", lambda _: None)


def test_the_pins_are_whole() -> None:
    pins = packages.pinned()
    assert len({package.file for package in pins}) == len(pins) > 90
    assert all(package.integrity.startswith("sha512-") and len(package.integrity) == 95 for package in pins)


def test_the_sampler_takes_the_largest_and_nothing_twice(tmp_path: Path) -> None:
    file = tmp_path / "cups.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(9):
            archive.writestr(f"{number}.js", b"a" * (number + 1))
            archive.writestr(f"copy/{number}.js", b"a" * (number + 1))
        archive.writestr("empty.css", b"")
    package = packages.Package("wheel", "cups", "1", file.name, "")
    bodies = Sampler(4).bodies(package, file)
    scripts = [body.data for body in bodies if body.kind == "js"]
    assert len(scripts) == len(set(scripts)) == 4
    assert scripts[0] == b"a" * 9
    assert [body.path for body in bodies if body.kind != "js"] == [""]
    assert bodies == Sampler(4).bodies(package, file)


def test_kinds_and_types_by_name() -> None:
    names = {
        "a/b.HTML": ("html", "text/html"),
        "x.min.js": ("js", "text/javascript"),
        "x.js.map": ("map", "application/json"),
        "f.woff2": ("font", "font/woff2"),
        "m.wasm": ("wasm", "application/wasm"),
        "a.tar.gz": ("archive", "application/gzip"),
        "LICENSE": ("text", "application/octet-stream"),
        "me.jpeg": ("picture", "image/jpeg"),
        "lib.so": ("other", "application/octet-stream"),
    }
    assert {name: (kind_of(name), content_type(name)) for name in names} == names
