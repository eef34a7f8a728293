"""Pages of another server on this machine, in the browser of somebody who is logged in. To the browser both are one
site: the cookie goes along, so that only the console itself stands in the way."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser.consoles import Console
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import Page, expect

Lure = Callable[[str], tuple[Person, Page]]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    with Seeds(tmp_path_factory.mktemp("strangers") / "home") as seeds:
        seeds.people()
        yield seeds


@pytest.fixture
def lure(enter: Callable[..., Person]) -> Iterator[Lure]:
    """`lure(html)`: rita, logged in, with the other server's page in another tab."""
    shown = [""]

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(shown[0].encode())

        def log_message(self, *_: object) -> None: ...

    def make(html: str) -> tuple[Person, Page]:
        shown[0] = f"<link rel=icon href=data:,>{html}"
        person = enter("rita")
        page = person.context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        return person, page

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield make
        server.shutdown()
        thread.join()


def test_no_page_of_a_stranger_frames_the_console(lure: Lure, console: Console) -> None:
    person, page = lure(f"<iframe src='{console.url}/'></iframe>")
    assert "Log out" not in page.frames[-1].content()
    assert "frame-ancestors 'none'" in "\n".join(person.complaints.take())


@pytest.mark.parametrize("path", ["/logout", "/login"])
def test_no_form_of_a_stranger_changes_anything(lure: Lure, console: Console, path: str) -> None:
    form = f"<form method=post action='{console.url}{path}'><input name=name value=omar><button>Win</button></form>"
    person, page = lure(form)
    person.complaints.expect(403)
    with page.expect_navigation():
        page.get_by_role("button", name="Win").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not for you")
    person.go("/account")
    expect(person.page.locator(".who")).to_have_text("rita")


def test_no_script_of_a_stranger_reads_anything(lure: Lure, console: Console) -> None:
    person, page = lure("<p>Nothing to see.</p>")
    for options in ({"credentials": "include"}, {"credentials": "include", "mode": "no-cors"}):
        ask = "([url, options]) => fetch(url, options).then(() => 'read', String)"
        assert page.evaluate(ask, [f"{console.url}/queue", options]) == "TypeError: Failed to fetch"
    assert "CORS" in "\n".join(person.complaints.take())
