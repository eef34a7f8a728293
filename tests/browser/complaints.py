"""What a page complains of while it is looked at: errors of scripts, what its policy refused, requests that failed."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response

# A request that is cut off because the page that made it was left says so; a live stream always does.
_LEFT = "net::ERR_ABORTED"


class Complaints:
    """Of all pages of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self._found: list[str] = []
        self._expected: set[int] = set()
        context.on("console", self._said)
        context.on("weberror", lambda error: self._found.append(f"script: {error.error}"))
        context.on("dialog", self._interrupted)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def expect(self, *statuses: int) -> None:
        """Answers of these statuses are what the test is about."""
        self._expected |= set(statuses)

    def found(self) -> list[str]:
        return list(self._found)

    def take(self) -> list[str]:
        """What there was is expected, too: it is forgotten."""
        found, self._found[:] = list(self._found), []
        return found

    def _said(self, message: ConsoleMessage) -> None:
        # "Failed to load resource" repeats the status, which `_answered` judges
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self._found.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _interrupted(self, dialog: Dialog) -> None:
        self._found.append(f"{dialog.type}: {dialog.message}")  # no page of ours says a word that way
        dialog.dismiss()

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT:
            self._found.append(f"request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self._found.append(f"answer: {response.request.method} {response.url}: {response.status}")
