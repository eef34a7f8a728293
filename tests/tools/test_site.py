"""tools/site.py: the documentation builds without a dead link, and loads nothing from elsewhere."""

import functools
import http.server
import re
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Self

import pytest
from browser.chrome import open_chromium

ROOT = Path(__file__).parents[2]
SITE = ROOT / "tools" / "site.py"


def in_site(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` beside what site.py defines; its folder is not a package."""
    program = f"import sys; sys.path.insert(0, {str(SITE.parent)!r}); from pathlib import Path; import runpy\n"
    program += f"site = runpy.run_path({str(SITE)!r})\n{code}"
    argv = [sys.executable, "-c", program, *arguments]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    argv = [sys.executable, SITE, out / "site"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out / "site" / "html"


def test_the_documentation_builds_strictly(html: Path) -> None:
    assert "withholds them" in (html / "index.html").read_text()
    # a file beside the pages has become one of them
    assert "ExecStart" in (html / "repository" / "deploy" / "systemd" / "facegate.service.html").read_text()
    # every page that a reader can reach by its link is in the search
    assert "guides/compliance.html" in (html / "search.json").read_text()


@pytest.mark.browser
def test_a_browser_asks_nobody_else(html: Path, chromium: str) -> None:
    """Scripts of the site could fetch what no tag of a page names."""
    asked: list[str] = []
    with open_chromium(chromium) as browser, FolderServer(html) as server:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index.html", "deploy.html"):
            page.goto(f"{server.url}/{name}", wait_until="networkidle")
        page.keyboard.press("Control+k")
        page.keyboard.type("seal")
        page.get_by_role("link", name=re.compile("architecture", re.IGNORECASE)).first.wait_for()
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


class FolderServer:
    """Serves a folder on a free port of loopback; `url` has no slash at its end."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_every_page_is_in_the_navigation() -> None:
    parts = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]
    named = [
        page for part in parts for value in part.values() for page in ([value] if isinstance(value, str) else value)
    ]
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages <= set(named), "zensical.toml"
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="gone.html">x</a>', "gone.html leads nowhere"),
        ('<a href="other.html#nothing">x</a>', "other.html#nothing has no such anchor"),
        ('<img src="gone.png">', "gone.png leads nowhere"),
        ('<script src="https://cdn.example/a.js"></script>', "loads https://cdn.example/a.js"),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', "loads //fonts.example/a.css"),
        ('<pre class="mermaid">graph</pre>', "has mermaid, which is fetched from elsewhere"),
        ('<a href="other.html#here">x</a> <a href="https://elsewhere.example/">x</a> <img src="data:,">', ""),
    ],
)
def test_what_is_wrong_with_a_page_is_said(tmp_path: Path, body: str, said: str) -> None:
    (tmp_path / "page.html").write_text(f"<html><body>{body}</body></html>")
    (tmp_path / "other.html").write_text('<html><body><h2 id="here">x</h2></body></html>')
    done = in_site("print(*site['problems'](Path(sys.argv[1])), sep='\\n')", str(tmp_path))
    assert (done.stdout.strip(), done.stderr) == (f"page.html: {said}" if said else "", "")


def test_a_page_that_links_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for page in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "crawlers/README.md"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).write_text("# A page\n\n```\n[not](a-link.md)\n```\n")
    (tmp_path / "docs" / "page.md").write_text("# x\n\n[there](../deploy/gone.yaml)\n")
    done = in_site("site['gather'](Path(sys.argv[1]), Path(sys.argv[1]) / 'pages')", str(tmp_path))
    assert "docs/page.md links to ../deploy/gone.yaml, and there is no deploy/gone.yaml" in done.stderr
