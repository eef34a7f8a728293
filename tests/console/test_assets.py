import re

from console.browsing import Browser
from facegate.console.assets import asset, files


def test_each_file_stands_under_its_hash_and_may_be_kept(stranger: Browser) -> None:
    for name, content in files().items():
        answer = stranger.get(asset(name))
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))


def test_nothing_else_is_there(stranger: Browser) -> None:
    folder = asset("style.css").rpartition("/")[0]
    paths = (f"{folder}/app.py", f"{folder}/..%2fapp.py", f"{folder}/", "/static/0/style.css", "/static/style.css")
    for path in paths:
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["cache-control"] == "no-store"


def test_scripts_import_only_what_is_there() -> None:
    for name, content in files().items():
        if name.endswith(".js"):
            for other in re.findall(r"""from\s+["']([^"']+)["']""", content.decode()):
                assert other.startswith("./"), (name, other)
                assert other[2:] in files(), (name, other)


def test_no_script_writes_markup() -> None:
    """The policy would refuse it, in the browser; better here."""
    for name, content in files().items():
        if name.endswith(".js"):
            for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"):
                assert sink not in content.decode(), (name, sink)


def test_robots_are_told_to_stay_away(stranger: Browser) -> None:
    assert stranger.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
