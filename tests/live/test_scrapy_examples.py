"""The example project against the demo's web site: an untargeted broad crawl, a job for one person and one for a group.

Their pipelines, the feed of what was withheld, the registration and the last line are the add-on's.
"""

import json
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from facegate.demo.photographs import photographs
from facegate.demo.site import Holds, Resource, Site, resources
from live.crawls import Crawled, scrapy
from live.gateways import Gateway

PROJECT = Path(__file__).parents[2] / "crawlers" / "examples" / "pictures"


@pytest.fixture(scope="module")
def newspaper() -> dict[str, Resource]:
    return resources(photographs())


@pytest.fixture(scope="module")
def site(newspaper: dict[str, Resource]) -> Iterator[str]:
    with Site(newspaper) as site:
        yield f"http://localhost:{site.port}"


@pytest.fixture(scope="module")
def api_token(gateway: Gateway, add_user: Callable[..., None]) -> str:
    add_user(gateway, "acme-crawl", "operator")
    made = gateway.run("user", "token", "acme-crawl", "--scope", "jobs:write", "--json").stdout
    return str(json.loads(made)["token"])


@pytest.fixture
def crawl(gateway: Gateway, site: str, tmp_path: Path) -> Callable[..., Crawled]:
    def run(spider: str, **environ: str) -> Crawled:
        (tmp_path / "withheld.jsonl").unlink(missing_ok=True)
        common = {
            "FACEGATE_PROXY_URL": gateway.proxy,
            "FACEGATE_FEED": str(tmp_path / "withheld.jsonl"),
            "PICTURES_START": f"{site}/",
            "PICTURES_STORE": str(tmp_path / "store"),
        }
        return scrapy("crawl", spider, folder=tmp_path, cwd=PROJECT, environ=common | environ)

    return run


def paths(entries: list[dict[str, Any]], site: str) -> set[str]:
    return {entry["url"].removeprefix(site) for entry in entries}


def fed(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "withheld.jsonl").read_text().splitlines()]


def test_an_untargeted_broad_crawl_keeps_the_pictures_without_faces(
    crawl: Callable[..., Crawled], newspaper: dict[str, Resource], site: str, tmp_path: Path
) -> None:
    crawled = crawl("broad")
    pictures = {path for path in newspaper if path.startswith("/photos/")}
    clear = {path for path in pictures if newspaper[path].holds is Holds.NO_FACE}
    (item,) = crawled.items
    assert paths(item["images"], site) == clear
    assert len(list((tmp_path / "store" / "full").iterdir())) == len(clear)
    assert paths(item["withheld"], site) == pictures - clear
    assert {entry["reason"] for entry in item["withheld"]} == {"faces", "undecodable"}
    lines = fed(tmp_path)
    assert paths(lines, site) == (pictures - clear) | {"/about.html"}
    assert all(set(line) == {"url", "reason", "action", "status", "record"} for line in lines)
    assert all(re.fullmatch("[0-9a-f]{32}", line["record"]) and line["status"] == 451 for line in lines)
    assert re.search(r"The gateway passed \d+ and withheld 5 \(faces 4, undecodable 1\)", crawled.log)


REDACTED = """
id = "without-anybody"
operator = "acme-crawl"
purpose = "train a model that knows harbours"
faces = "redact"
[scope]
kind = "untargeted"
[conditions]
in_the_union = true
purpose = "training-without-identification"
automated = true
source = "internet"
"""


def test_pictures_whose_faces_are_covered_are_kept_like_others(
    crawl: Callable[..., Crawled], gateway: Gateway, newspaper: dict[str, Resource], site: str, tmp_path: Path
) -> None:
    file = tmp_path / "job.toml"
    file.write_text(REDACTED)
    token = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
    crawled = crawl("broad", FACEGATE_JOB="without-anybody", FACEGATE_TOKEN=token)
    pictures = {path for path in newspaper if path.startswith("/photos/")}
    (item,) = crawled.items
    assert paths(item["withheld"], site) == {"/photos/broken.jpg"}
    assert paths(item["images"], site) == pictures - {"/photos/broken.jpg"}
    assert crawled.stats["facegate/redacted"] == sum(newspaper[path].holds is Holds.FACE for path in pictures)


def test_a_search_for_one_person_registers_itself_and_gets_faces_once_it_is_approved(
    crawl: Callable[..., Crawled],
    gateway: Gateway,
    api_token: str,
    add_user: Callable[..., None],
    newspaper: dict[str, Resource],
    site: str,
    tmp_path: Path,
) -> None:
    environ = {
        "FACEGATE_API_URL": gateway.console,
        "FACEGATE_API_TOKEN": api_token,
        "FACEGATE_TOKEN_FILE": str(tmp_path / "token"),
    }
    pages = {"/", "/about.html", "/weather.html"}
    files = set(newspaper) - pages
    faces = {path for path in files if newspaper[path].holds is Holds.FACE}
    broken = {path for path in files if newspaper[path].holds is Holds.WHO_KNOWS}

    crawled = crawl("individual", **environ)
    assert "Job missing-person-4711 is registered, and waits for its approval" in crawled.log
    (item,) = crawled.items
    assert paths(item["withheld"], site) == faces | broken
    assert paths(item["files"], site) == files - faces - broken
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    token = (tmp_path / "token").read_text().strip()

    add_user(gateway, "rita")
    gateway.run("job", "approve", "missing-person-4711", "--as", "rita")
    crawled = crawl("individual", **environ)
    assert "Job missing-person-4711 is registered, and approved" in crawled.log
    (item,) = crawled.items
    assert paths(item["files"], site) == files - broken
    assert paths(item["withheld"], site) == broken
    assert crawled.stats["facegate/faces"] == len(faces) + 1  # and a page
    for secret in (token, api_token):
        assert secret not in crawled.log


def test_a_group_gets_faces_inside_its_scope_alone(
    crawl: Callable[..., Crawled],
    gateway: Gateway,
    api_token: str,
    add_user: Callable[..., None],
    newspaper: dict[str, Resource],
    site: str,
    tmp_path: Path,
) -> None:
    gateway.run("job", "register", str(PROJECT / "jobs" / "group.toml"))
    add_user(gateway, "rita")
    gateway.run("job", "approve", "crew-of-flight-7", "--as", "rita")
    token = json.loads(gateway.run("job", "token", "crew-of-flight-7", "--json").stdout)["token"]
    crawled = crawl("group", FACEGATE_JOB="crew-of-flight-7", FACEGATE_TOKEN=token)
    faces = {path for path, resource in newspaper.items() if resource.holds is Holds.FACE}
    (item,) = crawled.items
    inside = {path for path in faces if path.startswith("/photos/")}
    assert paths(item["files"], site) & faces == inside
    assert {line["reason"] for line in fed(tmp_path)} == {"faces", "undecodable"}
    assert paths(fed(tmp_path), site) == (faces - inside) | {"/photos/broken.jpg"}


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"FACEGATE_API_TOKEN": "fgk_wrong"}, "is not registered"),
        ({"FACEGATE_API_URL": "http://127.0.0.1:9"}, "does not answer as the gateway's API"),
    ],
)
def test_a_crawl_whose_job_cannot_be_registered_does_not_start(
    gateway: Gateway, site: str, api_token: str, tmp_path: Path, environ: dict[str, str], said: str
) -> None:
    common = {"FACEGATE_PROXY_URL": gateway.proxy, "FACEGATE_API_URL": gateway.console, "FACEGATE_API_TOKEN": api_token}
    crawled = scrapy("crawl", "individual", folder=tmp_path, cwd=PROJECT, environ=common | environ, quiet=False)
    assert said in crawled.log
    assert "Spider opened" not in crawled.log
    assert "fgk_" not in crawled.log
