"""The tools of these tests see what they are there to see."""

from collections.abc import Callable, Iterator

import pytest
from browser import axe
from browser.complaints import Complaints
from browser.observatory import Answer, score
from playwright.sync_api import Browser, Page, Route

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'"
GOOD = {
    "content-security-policy": STRICT,
    "strict-transport-security": "max-age=63072000",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
COOKIE = "__Host-facegate=x; Path=/; HttpOnly; SameSite=Strict; Secure"

Show = Callable[[str], tuple[Page, Complaints]]


@pytest.fixture
def show(chrome: Browser) -> Iterator[Show]:
    """`show("<p>...")`: a page with this body."""
    context = chrome.new_context(base_url="http://page.test")
    complaints = Complaints(context)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://page.test")
        if path == "/":
            head = "<!doctype html><html lang=en><title>A page</title>"
            body = f"{head}<main><h1>A page</h1>{shown[0]}</main>"
            route.fulfill(body=body, content_type="text/html", headers={"content-security-policy": STRICT})
        elif path.endswith(".css"):
            route.fulfill(body=".pale { color: #999 } .wide { width: 600px }", content_type="text/css")
        elif path.endswith(".js"):
            route.fulfill(body="throw new Error('of a script')", content_type="text/javascript")
        else:
            route.fulfill(status=404, body="nothing")

    shown = [""]
    context.route("**/*", answer)
    page = context.new_page()

    def make(body: str) -> tuple[Page, Complaints]:
        shown[0] = body
        page.goto("/")
        return page, complaints

    yield make
    context.close()


def test_axe_finds_nothing_on_a_page_that_is_fine_and_leaves_no_trace(show: Show) -> None:
    page, complaints = show("<p>Text.</p>")
    assert [fault for look in axe.looks(page) for fault in axe.faults(page, look)] == []
    assert complaints.found() == []


def test_axe_finds_a_field_without_a_name_and_text_that_is_too_pale(show: Show) -> None:
    page, _ = show("<link rel=stylesheet href=/a.css><input><p class=pale>Pale.</p>")
    found = axe.faults(page)
    assert {fault.rule for fault in found if fault.grave} == {"label", "color-contrast"}
    assert "critical: label (light) at input" in str(found[-1] if found[-1].rule == "label" else found[0])


def test_a_page_is_too_wide_for_a_phone_unless_what_is_wide_scrolls_by_itself(show: Show) -> None:
    page, _ = show("<link rel=stylesheet href=/a.css><div class=wide>Wide.</div>")
    wide = {look.name: axe.too_wide(page) for look in axe.looks(page)}
    assert wide["light"] == []
    assert wide["phone"] == ["div.wide"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script src=/a.js></script>", "script: of a script"),
        ("<script>alert(1)</script>", "Executing inline script violates"),
        ("<p style='color: red'>", "Applying inline style violates"),
        ("<script src=/gone></script>", "answer: GET http://page.test/gone: 404"),
    ],
)
def test_what_a_page_complains_of_is_heard(show: Show, body: str, complaint: str) -> None:
    _, complaints = show(body)
    assert complaint in "\n".join(complaints.found())


def test_an_answer_that_a_test_is_about_is_no_complaint(show: Show) -> None:
    page, complaints = show("")
    complaints.expect(404)
    page.goto("/gone")
    assert complaints.found() == []


def test_the_observatory_gives_all_its_points_to_strict_headers() -> None:
    assert score(Answer(GOOD, (COOKIE,), "<script src=/static/a.js></script>"))[0] == 125


@pytest.mark.parametrize(
    ("answer", "check", "points"),
    [
        (Answer({**GOOD, "content-security-policy": "script-src 'self' 'unsafe-inline'"}), "csp", -20),
        (Answer({**GOOD, "content-security-policy": "default-src 'self'; style-src 'unsafe-inline'"}), "csp", 0),
        (Answer({**GOOD, "content-security-policy": ""}), "frames", -20),
        (Answer({**GOOD, "access-control-allow-origin": "*"}), "cors", -50),
        (Answer({**GOOD, "strict-transport-security": "max-age=60"}), "hsts", -10),
        (Answer({**GOOD, "referrer-policy": "unsafe-url"}), "referrer", -5),
        (Answer({**GOOD, "x-content-type-options": ""}), "content type", -5),
        (Answer({**GOOD, "cross-origin-resource-policy": "cross-origin"}), "corp", -20),
        (Answer(GOOD, ("facegate=x; HttpOnly; SameSite=Strict",)), "cookies", -40),
        (Answer(GOOD, ("facegate=x; Secure; SameSite=Strict",)), "cookies", -30),
        (Answer(GOOD, ("facegate=x; Secure; HttpOnly; SameSite=None",)), "cookies", -20),
        (Answer(GOOD, html="<script src='https://cdn.example/a.js'>"), "sri", -50),
        (Answer(GOOD, plain=True), "redirection", -20),
    ],
)
def test_the_observatory_takes_points_for_each_weakness(answer: Answer, check: str, points: int) -> None:
    total, modifiers = score(answer)
    assert modifiers[check] == points
    assert total < 125
