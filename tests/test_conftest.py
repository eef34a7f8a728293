"""The test run itself: a missing program is a named skip, and under CI a failed run."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")
NEEDY = """
import pytest

@pytest.mark.redis
def test_needs_redis(redis_server):
    pass

def test_needs_nothing():
    pass
"""


@pytest.fixture
def bare(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with our conftest on a machine without redis-server."""
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nmarkers =\n redis: x\n browser: x\n"
        " haproxy: x\n nss: x"
    )
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(NEEDY)
    monkeypatch.setenv("PATH", "/nonexistent")
    return pytester


def test_missing_program_is_a_skip_by_name(bare: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = bare.runpytest_inprocess()
    assert result.ret == 0
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*not run on this machine: 1*", "*::test_needs_redis: redis-server is not installed*"])


def test_under_ci_a_skip_is_a_failure(bare: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = bare.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*a failure under CI*", "*::test_needs_redis*"])


def test_pictures_are_what_they_say(face_as, plain_as, face_jpeg: bytes) -> None:
    assert Image.open(io.BytesIO(face_as("PNG", size=(64, 48)))).size == (64, 48)
    assert Image.open(io.BytesIO(plain_as("WEBP"))).format == "WEBP"
    assert Image.open(io.BytesIO(face_jpeg)).size == (512, 512)


@pytest.mark.redis
def test_redis_server_runs(redis_server: str) -> None:
    out = subprocess.run([redis_server, "--version"], capture_output=True, text=True, check=True, timeout=30)
    assert "Redis" in out.stdout or "Valkey" in out.stdout


@pytest.mark.browser
def test_chromium_runs(chromium: str) -> None:
    out = subprocess.run([chromium, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert "Chrom" in out.stdout


def test_a_test_is_called_the_same_in_every_process(bare: pytest.Pytester) -> None:
    """The order of a set is another in each; xdist's workers have to agree on names."""
    names = "{'d', 'a', 'c', 'b'}"
    bare.makepyfile(
        test_sets=f"import pytest\n\n@pytest.mark.parametrize('names', [{names}])\ndef test_it(names): pass"
    )
    done = bare.runpytest_inprocess("--collect-only", "-q", "test_sets.py")
    assert "test_sets.py::test_it[['a', 'b', 'c', 'd']]" in done.outlines
