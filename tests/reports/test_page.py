"""The page: whatever strangers wrote, nothing in it is fetched or run, and every figure of the bundle stands there."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from facegate.reports.page import render
from reports.conftest import EVE, HOSTILE, Golden, withheld
from reports.test_facts import facts_of

VOID = ("meta", "line", "rect", "circle")


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text, self.style, self.headings = "", "", list[int]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data


def numbers(value: Any) -> Iterator[int | float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from numbers(each)


def page_of(facts: dict[str, Any]) -> Page:
    return Page(render(facts).decode())


def test_nothing_is_fetched_and_nothing_runs(golden: Golden) -> None:
    golden.write(withheld(0, job=HOSTILE, url=f"https://{HOSTILE}/", reason=HOSTILE))
    html = render(facts_of(golden)).decode()
    page = Page(html)
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "form"})
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in page.style
    assert "@import" not in page.style
    assert "<script>alert(1)" in page.text  # as text
    assert "\u202e" not in html
    assert "\x1b" not in html
    (policy,) = (it["content"] for tag, it in page.tags if it.get("http-equiv") == "Content-Security-Policy")
    hashed = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"


def test_every_figure_of_the_bundle_stands_in_it(golden: Golden) -> None:
    facts = facts_of(golden)
    html = render(facts).decode()
    for value in numbers({name: it for name, it in facts.items() if name not in ("schema",)}):
        shown = (f"{value:,}",) if isinstance(value, int) else (f'value="{value}"', str(value))
        assert any(text in html for text in shown), value


def test_headings_are_in_order_and_anchors_are_there(golden: Golden) -> None:
    page = page_of(facts_of(golden))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))
    ids = [it["id"] for _, it in page.tags if it.get("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in ("href", "aria-labelledby"):
            if attributes.get(name):
                assert str(attributes[name]).removeprefix("#") in ids
    assert dict(page.tags)["html"] == {"lang": "en"}


def test_it_says_what_it_is_not(golden: Golden) -> None:
    text = page_of(facts_of(golden)).text
    for words in ("not legal advice", "Article 5(1)(e)", "What is not known", "order 12", "approved", EVE.name):
        assert words in text


def test_of_a_job_and_of_nothing(golden: Golden, empty: Golden) -> None:
    assert "Report on job case" in page_of(facts_of(golden, "case")).text
    assert "Not measured." in page_of(facts_of(golden, "untargeted")).text


def test_the_same_facts_are_the_same_bytes(golden: Golden) -> None:
    facts = facts_of(golden)
    assert render(facts) == render(facts)
