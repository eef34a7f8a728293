"""Somebody in a browser of their own: logs in, looks at pages, and remembers what they complain of."""

from browser.complaints import Complaints
from playwright.sync_api import Browser, Locator, Page, Response

PASSWORD = "correct horse battery"
PATIENCE = 30_000  # ms for anything to appear; test machines are not idle


class Person:
    def __init__(self, chrome: Browser, url: str, **options: object) -> None:
        self.context = chrome.new_context(base_url=url, **options)  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE)
        self.complaints = Complaints(self.context)
        self.page: Page = self.context.new_page()

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        self.page.goto("/login")
        self.fill_in(name, password)
        self.page.wait_for_url(lambda url: "/login" not in url)

    def fill_in(self, name: str, password: str) -> None:
        """The form of the log-in page; the answer is there when this returns."""
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Log in").click()

    def go(self, path: str) -> Response:
        response = self.page.goto(path)
        assert response is not None
        return response

    def focused(self) -> Locator:
        return self.page.locator(":focus")

    def leave(self) -> list[str]:
        """Closes the browser; what the pages complained of."""
        self.context.close()
        return self.complaints.found()
