import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

URL = "https://news.example/jane.jpg"
BY = ("--as", "eve", "--reason", "request 12")


@pytest.fixture(autouse=True)
def withheld(people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1", b"her picture", url=URL)
    withhold("record-2", b"another", url="https://news.example/other.jpg")


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"her picture")
    return str(path)


def test_find(facegate: Any, picture: str) -> None:
    for asked in (("--url", URL), ("--file", picture), ("--record", "record-1"), ("--prefix", URL[:-4])):
        assert [entry["id"] for entry in facegate.json("subject", "find", *asked)] == ["record-1"], asked
    assert len(facegate.json("subject", "find", "--host", "news.example")) == 2
    assert URL in facegate.ok("subject", "find", "--url", URL)
    unknown = facegate("subject", "find", "--url", "https://x/", "--json")
    assert (unknown.exit_code, unknown.stdout) == (1, "[]\n")
    assert "say what to look for" in facegate.refused("subject", "find")
    assert "cannot be read" in facegate.refused("subject", "find", "--file", "/nonexistent")
    assert "give one" in facegate.refused("subject", "find", "--file", picture, "--digest", "ab" * 32)


def test_the_bytes_are_not_for_who_runs_the_job(facegate: Any, broad: str, tmp_path: Path) -> None:
    facegate.ok("job", "register", broad)
    operator = facegate.json("job", "show", "broad")["operator"]
    facegate.ok("user", "add", operator, "--role", "reviewer")
    by, out = ("--as", operator, "--reason", "request 12"), tmp_path / "copy.zip"
    said = facegate.refused("subject", "export", "--url", URL, "-o", str(out), "--pixels", *by)
    assert "another person has to decide" in said
    assert not out.exists()


def test_export(facegate: Any, tmp_path: Path) -> None:
    out = tmp_path / "copy.zip"
    arguments = ("subject", "export", "--url", URL, "-o", str(out), *BY)
    assert facegate.json(*arguments) == {"file": str(out), "records": 1, "bodies": 0, "missing": []}
    assert out.stat().st_mode & 0o777 == 0o600
    assert "--force" in facegate.refused(*arguments)
    assert "1 of them with their bytes" in facegate.ok(*arguments, "--force", "--pixels")
    with zipfile.ZipFile(out) as archive:
        assert archive.read("bodies/record-1") == b"her picture"
        assert json.loads(archive.read("records.json"))["records"][0]["sightings"][0]["url"] == URL
    out.unlink()
    for wrong in (("--as", "olaf", "--reason", "request 12"), ("--as", "eve")):
        facegate.refused("subject", "export", "--url", URL, "-o", str(out), "--pixels", *wrong)
        assert not out.exists()
    assert "nothing is known" in facegate.refused("subject", "export", "--host", "x", "-o", str(out), *BY)


def test_erase(facegate: Any, picture: str) -> None:
    assert "add --yes" in facegate.refused("subject", "erase", "--url", URL, *BY)
    assert facegate.json("subject", "erase", "--url", URL, *BY, "--yes") == {
        "erased": ["record-1"], "before": [], "held": [], "left": "",
    }  # fmt: skip
    assert facegate("subject", "find", "--url", URL).exit_code == 1
    (entry,) = facegate.json("subject", "find", "--file", picture)
    assert (entry["id"], entry["erased"], entry["url"]) == ("record-1", True, "")
    assert "(erased)" in facegate.ok("subject", "find", "--file", picture)
    assert "1 were erased before" in facegate.ok("subject", "erase", "--file", picture, *BY, "--yes")
    # the trace outlives a change of the master key
    facegate.ok("vault", "rotate")
    assert facegate.json("subject", "find", "--file", picture)[0]["erased"]
    shown = facegate.json("quarantine", "show", "record-1")
    assert (shown["url"], shown["state"], shown["history"][-1]["event"]) == ("", "expired", "erased")


def test_what_is_held_is_said(facegate: Any) -> None:
    facegate.ok("quarantine", "hold", "record-1", "--as", "eve", "--reason", "claim 7/26")
    result = facegate("subject", "erase", "--host", "news.example", *BY, "--yes")
    assert result.exit_code == 1
    assert "Erased 1 records." in result.stdout
    assert "record-1 is held, and stays: claim 7/26 (Article 17(3) GDPR)" in result.stderr
