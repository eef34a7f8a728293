"""The example project, run as its README says, through a real gateway against a local site."""

import hashlib
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live.crawls import PYTHON
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer

PROJECT = Path(__file__).parents[2] / "crawlers" / "examples" / "pictures"

Encode = Callable[..., bytes]


@pytest.fixture(scope="module")
def site(face_as: Encode, plain_as: Encode) -> dict[str, tuple[bytes, str]]:
    """path -> (bytes, type): two pages, a style, a script, seven pictures with a face and seven without."""
    kinds = [("JPEG", 480), ("PNG", 300), ("WEBP", 360), ("GIF", 256), ("BMP", 200), ("JPEG2000", 320), ("TIFF", 240)]
    files = {}
    for number, (kind, size) in enumerate(kinds):
        media = f"image/{kind.lower()}".replace("jpeg2000", "jp2")
        files[f"/faces/{number}"] = (face_as(kind, size=(size, size)), media)
        files[f"/cups/{number}"] = (plain_as(kind, size=(size, size * 2 // 3)), media)
    pictures = [f'<img src="{path}">' for path in files]
    half = len(pictures) // 2
    head = '<link rel="stylesheet" href="/style.css"><script src="/code.js"></script>'
    first, second = "".join(pictures[:half]), "".join(pictures[half:])
    files["/"] = (f'<!doctype html>{head}<a href="/more.html">more</a>{first}'.encode(), "text/html")
    files["/more.html"] = (f"<!doctype html><p>and more</p>{second}".encode(), "text/html")
    files["/style.css"] = (b"body { color: #222 }\n", "text/css")
    files["/code.js"] = (b"console.log('hello');\n", "text/javascript")
    return files


@pytest.fixture
def crawl(gateway: Gateway, tmp_path: Path, site: dict[str, tuple[bytes, str]]) -> Callable[..., dict[str, Any]]:
    """`crawl(origin, credentials)`: path -> the spider's item; under "stats" what Scrapy counted."""

    def run(origin: Origin, credentials: str = "", start: str = "") -> dict[str, Any]:
        origin.requests.clear()
        for path, (body, kind) in site.items():
            origin.route(path, answer(body, kind))
        out = tmp_path / "resources.jsonl"
        done = subprocess.run(
            [
                PYTHON,
                "-m",
                "scrapy",
                "crawl",
                "site",
                "-a",
                f"start={start or origin.url('/')}",
                "-O",
                str(out),
            ],
            cwd=PROJECT,
            env=os.environ
            | {
                "SSL_CERT_FILE": str(gateway.ca),
                "FACEGATE_PROXY_URL": gateway.proxy.replace("//", f"//{credentials}"),
                "FACEGATE_FEED": str(tmp_path / "withheld.jsonl"),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        items = {
            item["url"].removeprefix(origin.url("")): item for item in map(json.loads, out.read_text().splitlines())
        }
        items["stats"] = {name: int(n) for name, n in re.findall(r"'([\w/.-]+)': (\d+)[,}]", done.stderr)}
        return items

    return run


def arrived(items: dict[str, Any], site: dict[str, tuple[bytes, str]]) -> set[str]:
    """The paths whose bytes arrived as the site has them."""
    digests = {path: hashlib.sha256(body).hexdigest() for path, (body, _kind) in site.items()}
    return {path for path, digest in digests.items() if items[path].get("sha256") == digest}


def check_faces_withheld(items: dict[str, Any], site: dict[str, tuple[bytes, str]], origin: Origin) -> None:
    faces = {path for path in site if path.startswith("/faces/")}
    assert arrived(items, site) == set(site) - faces
    assert {path: items[path].get("withheld") for path in faces} == dict.fromkeys(faces, "faces")
    assert all(re.fullmatch(r"[0-9a-f]{32}", items[path]["record"]) for path in faces)
    stats = items["stats"]
    assert stats["facegate/withheld/faces"] == stats["facegate/withheld"] == len(faces)
    assert "retry/count" not in stats
    asked = Counter(request.path for request in origin.requests)
    assert asked == Counter([*site, "/robots.txt"])  # once each: what was withheld was not asked for again


def test_an_untargeted_crawl_gets_everything_but_the_faces(
    crawl: Callable[..., dict[str, Any]], site: dict[str, tuple[bytes, str]], origin: Origin
) -> None:
    check_faces_withheld(crawl(origin), site, origin)


def test_a_targeted_crawl_gets_them_once_it_is_approved(
    crawl: Callable[..., dict[str, Any]],
    site: dict[str, tuple[bytes, str]],
    gateway: Gateway,
    tls_origin: Origin,
    targeted_job: Callable[..., str],
    add_user: Callable[..., None],
) -> None:
    token = targeted_job(gateway, "scrapy-case", approve=False)
    check_faces_withheld(crawl(tls_origin, f"scrapy-case:{token}@"), site, tls_origin)
    add_user(gateway, "rita")
    gateway.run("job", "approve", "scrapy-case", "--as", "rita")
    items = crawl(tls_origin, f"scrapy-case:{token}@")
    assert arrived(items, site) == set(site)
    faces = sum(path.startswith("/faces/") for path in site)
    counted = {name: number for name, number in items["stats"].items() if name.startswith("facegate/")}
    assert counted == {"facegate/passed": len(site) + 1, "facegate/faces": faces}  # and robots.txt
