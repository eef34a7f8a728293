import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.errors import ConfigError
from facegate.ledger.signing import public_pem
from facegate.reports import bundle
from facegate.reports.facts import SCHEMA, TYPE

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FACTS = {"type": TYPE, "schema": SCHEMA, "made": {"at": "2026-03-01T00:00:00+00:00"}, "asked": {"job": "j\u00e9"}}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    page = tmp_path / "report.html"
    bundle.write(page, bundle.make(b"<html>", FACTS, KEY), force=False)
    return page.with_suffix(".json")


def test_as_it_was_made(written: Path) -> None:
    found = bundle.check(written, KEY.public_key())
    assert (found.problems, found.job, found.made) == ((), "j\u00e9", "2026-03-01T00:00:00+00:00")
    assert sorted(path.name for path in written.parent.iterdir()) == ["report.html", "report.json", "report.json.sig"]
    told = json.loads(written.read_bytes())
    assert told["key"]["fingerprint"] == found.key
    assert bundle.canonical(told) == written.read_bytes()


def test_one_flipped_byte_is_found_wherever_it_is(written: Path) -> None:
    for name, says in (
        ("report.json", "is not signed by this key"),
        ("report.json.sig", "is not signed by this key"),
        ("report.html", "is not the page"),
    ):
        path = written.with_name(name)
        whole = path.read_bytes()
        at = whole.find(b"00:00:00") if name == "report.json" else len(whole) // 2
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        (problem,) = bundle.check(written, KEY.public_key()).problems
        assert says in problem
        path.write_bytes(whole)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    assert "is not signed by this key" in bundle.check(written, other.public_key()).problems[0]
    written.with_suffix(".html").unlink()
    assert "is missing" in bundle.check(written, KEY.public_key()).problems[0]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
def test_openssl_checks_it_too(written: Path, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(public_pem(KEY.public_key()))
    argv = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "report.json"]
    argv += ["-sigfile", "report.json.sig"]
    assert subprocess.run(argv, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_nothing_is_replaced_by_accident(written: Path) -> None:
    page = written.with_suffix(".html")
    page.unlink()
    with pytest.raises(ConfigError, match=r"report\.json exists"):
        bundle.write(page, bundle.make(b"x", FACTS, KEY), force=False)
    assert not page.exists()
    bundle.write(page, bundle.make(b"x", FACTS, KEY), force=True)
    assert bundle.check(written, KEY.public_key()).problems == ()


def test_what_is_no_bundle_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(ConfigError, match="cannot be read"):
        bundle.check(path, KEY.public_key())
    path.with_name("x.json.sig").write_bytes(b"")
    for text in ("", "[]", "{}", '{"type":"else"}', "[" * 100_000):
        path.write_text(text)
        with pytest.raises(ConfigError, match="is no report's bundle"):
            bundle.check(path, KEY.public_key())
