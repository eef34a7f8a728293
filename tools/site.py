"""The documentation as a web site: the pages are gathered, built by Zensical, and held to what they promise.

Pages link to files beside them (`../deploy/haproxy/haproxy.cfg`), which a site cannot do: such files become pages of
it. The README is its front page. A link or anchor that leads nowhere is an error, and so is anything that a browser
would load from elsewhere. `python tools/site.py OUT` builds OUT/html.
"""

import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
FRONT = "README.md"
BESIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "crawlers/README.md")  # pages that stand outside docs/
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"^( *)(```+).*?^\1\2 *$", re.M | re.S)
LANGUAGES = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "python", ".cfg": "text"}
# what Zensical's script fetches from a CDN where a page has it; none of ours may
FETCHED = ("mermaid", "glightbox", "pyodide")


def place(path: str) -> str:
    """Where a file of the repository is on the site: its path below the pages' folder, as the source of a page."""
    if path == FRONT:
        return "index.md"
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    beside = f"repository/{path}"
    return beside if path.endswith(".md") else f"{beside}.md"


def gather(root: Path, pages: Path) -> None:
    """Writes all pages, and the pictures they show, under `pages`. Raises FileNotFoundError for a dead link."""
    waiting = [FRONT, *BESIDE, *(path.relative_to(root).as_posix() for path in sorted((root / "docs").rglob("*.md")))]
    for path in waiting:  # grows while it is gone through
        target = pages / place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not path.endswith(".md"):
            target.write_text(_shown(root / path, path))
            continue

        def link(found: re.Match[str], path: str = path) -> str:
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(found[1])))
            if (root / to).is_dir():
                to = f"{to}/README.md"
            if not (root / to).is_file():
                raise FileNotFoundError(f"{path} links to {found[1]}, and there is no {to}")
            if to.startswith("docs/") and not to.endswith(".md"):
                (pages / place(to)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / to, pages / place(to))
            elif to not in waiting:
                waiting.append(to)
            return posixpath.relpath(place(to), posixpath.dirname(place(path)) or ".") + (found[2] or "")

        target.write_text(_outside_fences((root / path).read_text(), lambda text: LINK.sub(link, text)))


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    done, at = [], 0
    for fence in FENCE.finditer(text):
        done += [change(text[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*done, change(text[at:])])


def _shown(file: Path, path: str) -> str:
    text = file.read_text().rstrip("\n")
    fence = "`" * max(4, *(len(run) + 1 for run in [*re.findall("`+", text), ""]))
    return f"# {path}\n\n{fence}{LANGUAGES.get(file.suffix, 'text')}\n{text}\n{fence}\n"


class _Page(HTMLParser):
    """What a built page links to, loads, and can be linked at."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.ids |= {has[name] for name in ("id", "name") if has.get(name)}
        self.classes.update(has.get("class", "").split())
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        elif tag == "link" and has.get("rel") not in ("canonical", "next", "prev"):
            self.loads.append(has.get("href", ""))
        elif "src" in has or "srcset" in has:
            self.loads += [has.get("src", ""), *(part.split()[0] for part in has.get("srcset", "").split(",") if part)]


def problems(html: Path) -> list[str]:
    """One line for each link that leads nowhere, and each thing that would be loaded from elsewhere."""
    pages: dict[Path, _Page] = {}
    for path in sorted(html.rglob("*.html")):
        pages[path] = _Page()
        pages[path].feed(path.read_text())
    wrong = []
    for path, page in pages.items():
        if path.name == "404.html":  # served for any address: its links are absolute
            continue
        here = path.relative_to(html)
        wrong += [f"{here}: has {name}, which is fetched from elsewhere" for name in FETCHED if name in page.classes]
        for target in [*page.links, *page.loads]:
            url = urlsplit(target)
            if url.scheme or url.netloc:
                if target in page.loads and url.scheme != "data":
                    wrong.append(f"{here}: loads {target}")
                continue
            to = (path.parent / unquote(url.path)).resolve() if url.path else path
            to = to / "index.html" if to.is_dir() else to
            if not to.is_file():
                wrong.append(f"{here}: {target} leads nowhere")
            elif url.fragment and to in pages and unquote(url.fragment) not in pages[to].ids:
                wrong.append(f"{here}: {target} has no such anchor")
    return wrong


def build(out: Path) -> int:
    """An exit status; what is wrong goes to stderr."""
    shutil.rmtree(out, ignore_errors=True)
    gather(ROOT, out / "pages")
    shutil.copyfile(ROOT / "zensical.toml", out / "zensical.toml")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(out / "zensical.toml")]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    if done.returncode:
        print(re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr), file=sys.stderr)
        return done.returncode
    wrong = problems(out / "html")
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{out / 'html' / 'index.html'}: {len(list((out / 'html').rglob('*.html')))} pages, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]).resolve()))
