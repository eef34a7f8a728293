"""Who works at the console meanwhile: the queue, a preview, a note on a record; machines that ask for counts, metrics
and readiness."""

import contextlib
import time
from datetime import timedelta

import httpx
from console.browsing import PASSWORD, Browser
from facegate.jobs.lifecycle import Actor
from facegate.state import apitokens, users
from faults.clients import Answer, Client
from faults.launched import Launched


class Person:
    """A reviewer. Logs in again where the session ended, as it does with the console."""

    def __init__(self, it: Launched) -> None:
        desk, scopes = it.desk, apitokens.OF_ROLE["reviewer"]
        users.add(desk.database, desk.ledger, "rosa", "reviewer", PASSWORD)
        made = apitokens.make(desk.database, desk.ledger, "rosa", scopes, timedelta(days=30), Actor("os:test"))
        self._token = made[1]
        self._browser = Browser(it.gateway.console)

    def clients(self, record: str) -> list[Client]:
        """What is asked for, one after the other: a person has two hands."""
        token = {"Authorization": f"Bearer {self._token}"}
        return [
            self._asks("queue", lambda: self._entered("/queue"), 200),
            self._asks("preview", lambda: self._browser.get(f"/records/{record}/mosaic"), 200),
            self._asks("note", lambda: self._browser.post(f"/records/{record}/note", {"text": "seen"}), 303),
            self._asks("API", lambda: self._browser.get("/api/v1/counts", headers=token), 200),
            self._asks("metrics", lambda: self._browser.get("/metrics"), 200),
            self._asks("readiness", lambda: self._browser.get("/readyz"), 200),
        ]

    def close(self) -> None:
        self._browser.client.close()

    def _entered(self, path: str) -> httpx.Response:
        found = self._browser.get(path)
        if found.status_code == 303:
            self._browser.log_in("rosa")
            found = self._browser.get(path)
        return found

    def _asks(self, who: str, ask: object, good: int) -> Client:
        def asked(patience: float) -> Answer:
            begun, raw = time.monotonic(), b""
            self._browser.client.timeout = httpx.Timeout(patience)
            with contextlib.suppress(httpx.HTTPError):
                found = ask()
                raw = b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n" % (found.status_code, len(found.content))
                raw += found.content
            return Answer(who, raw, time.monotonic() - begun)

        return Client(who, asked, good)
