"""The recipes for other clients, as written, each with a job's credentials through a gateway that wants them.

No recipe is told how its environment could lead it past: NO_PROXY names the origin. What is too heavy to be installed
here, `make recipes` runs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live.authority import Authority
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer

RECIPES = Path(__file__).parents[2] / "crawlers" / "examples" / "recipes"
PYTHON = ("with_requests.py", "with_httpx.py", "with_aiohttp.py", "with_urllib.py")
PAST = {"NO_PROXY": "*", "no_proxy": "*", "PYTHONWARNINGS": "error"}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def origin(authority: Authority, face_jpeg: bytes) -> Iterator[Origin]:
    with Origin(authority.server()) as origin:
        origin.route("/page", answer(b"<!doctype html><title>a page</title><img src=/face.jpg>"))
        origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
        yield origin


@pytest.fixture(scope="module")
def proxy(strict: Gateway) -> str:
    """The gateway's address with a job's credentials in it."""
    job = strict.home.with_name("recipes.toml")
    job.write_text('id = "recipes"\noperator = "acme"\npurpose = "recipes"\n[scope]\nkind = "untargeted"\n')
    token = json.loads(strict.run("job", "register", str(job), "--json").stdout)["token"]
    return strict.proxy.replace("://", f"://recipes:{token}@")


@pytest.fixture
def run(strict: Gateway, proxy: str, tmp_path: Path) -> Run:
    def run(*command: str, ca: Path = strict.ca, **environ: str) -> subprocess.CompletedProcess[str]:
        given = {"FACEGATE_PROXY_URL": proxy, "FACEGATE_CA": str(ca), "HOME": str(tmp_path), **PAST, **environ}
        return subprocess.run(
            command, cwd=tmp_path, env=os.environ | given, capture_output=True, text=True, check=False, timeout=120
        )

    return run


def command(name: str) -> list[str]:
    return [sys.executable if name.endswith(".py") else "sh", str(RECIPES / name)]


@pytest.mark.parametrize("name", ["curl.sh", *PYTHON])
def test_a_page_passes_and_a_face_is_withheld(name: str, run: Run, origin: Origin) -> None:
    page, face = origin.url("/page"), origin.url("/face.jpg")
    done = run(*command(name), page, face)
    assert (done.stderr, done.stdout) == ("", f"200  {page}\n451 faces {face}\n")
    assert not any(request.header("Proxy-Authorization") for request in origin.requests)


def test_wget_saves_what_passes_and_names_what_does_not(run: Run, origin: Origin, tmp_path: Path) -> None:
    page, face = origin.url("/page"), origin.url("/face.jpg")
    done = run(*command("wget.sh"), page, face)
    assert done.returncode == 8
    assert "ERROR 451: Unavailable For Legal Reasons" in done.stderr
    assert (tmp_path / "page").read_bytes().endswith(b"<img src=/face.jpg>")
    assert not (tmp_path / "face.jpg").exists()


@pytest.mark.browser
@pytest.mark.nss
def test_chromium_loads_a_page_without_the_face_in_it(run: Run, origin: Origin, chromium: str) -> None:
    page, face = origin.url("/page"), origin.url("/face.jpg")
    done = run(*command("with_playwright.py"), page, face, CHROMIUM=chromium)
    said = done.stdout.splitlines()
    assert f"200  {page}" in said, done.stderr
    assert said.count(f"451 faces {face}") == 2, done.stderr  # in the page, and for itself
    assert not [line for line in said if line.startswith("200") and line != f"200  {page}"]


@pytest.mark.browser
@pytest.mark.nss
@pytest.mark.parametrize("name", ["curl.sh", "with_requests.py", "with_playwright.py"])
def test_another_authority_is_not_trusted(
    name: str, run: Run, origin: Origin, authority: Authority, chromium: str
) -> None:
    """Not even the origin's own: no recipe goes past the gateway, and none switches the check off."""
    before = len(origin.requests)
    done = run(*command(name), origin.url("/page"), ca=authority.pem, CHROMIUM=chromium)
    assert done.returncode != 0
    assert "cert" in done.stderr.lower()
    assert done.stdout.split()[:1] in ([], ["000"])  # curl's for no answer
    assert len(origin.requests) == before
