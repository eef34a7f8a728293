"""Every page that links lead to, one of each kind: what is checked of all pages is checked of new ones, too."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from browser.people import Person

MOST = 80  # pages; more kinds than that are ids that `kind` takes for names
_ID = re.compile(r"[0-9a-f]{16,64}|[0-9]+")
_NAMED = ("jobs", "users", "people", "operators", "releases")  # what follows is whatever somebody called it
_LINKS = """() => [...document.querySelectorAll("a[href]:not([download])")]
  .filter(link => link.origin === location.origin).map(link => link.pathname + link.search)"""


def kind(path: str) -> str:
    """Which page of the console this is: ids, names, and what a query asks for, do not make another one."""
    asked = urlsplit(path)
    parts = asked.path.split("/")
    for number, part in enumerate(parts):
        if _ID.fullmatch(part) or (number and parts[number - 1] in _NAMED and part not in ("new", "")):
            parts[number] = "*"
    names = sorted({each.partition("=")[0] for each in asked.query.split("&") if each})
    return "/".join(parts) + ("?" + "&".join(names) if names else "")


def pages(person: Person, start: str = "/") -> Iterator[str]:
    """The kind of each page in turn, with the page open. Files to download are not followed."""
    seen, waiting = {kind(start)}, [start]
    for path in waiting:
        assert len(seen) <= MOST, sorted(seen)
        person.go(path)
        links: list[str] = person.page.evaluate(_LINKS)
        yield kind(path)
        for link in links:
            if kind(link) not in seen and not link.startswith(("/static/", "/api/")):
                seen.add(kind(link))
                waiting.append(link)
