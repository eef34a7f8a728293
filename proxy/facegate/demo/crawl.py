"""A small crawler that goes through the gateway: each page once, and each link and picture of it that is on its host.

http.client and not urllib, which would pass the gateway by where `no_proxy` names the host.
"""

import base64
import hashlib
import http.client
import time
from collections.abc import Generator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

SECONDS = 60.0  # for an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """`digest` is the sha256 of the body that came; `seconds` until all of it was here."""

    url: str
    status: int
    verdict: str
    action: str
    reason: str
    record: str
    digest: str
    seconds: float


def crawl(start: str, proxy: str, credentials: str = "") -> Generator[Answer]:
    """`proxy` is HOST:PORT, `credentials` JOB:TOKEN. Raises OSError or http.client.HTTPException."""
    waiting, seen = [start], {start}
    head = {"Accept-Encoding": "identity"}
    if credentials:
        head["Proxy-Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
    connection = http.client.HTTPConnection(proxy, timeout=SECONDS)
    try:
        while waiting:
            url = waiting.pop(0)
            began = time.perf_counter()
            connection.request("GET", url, headers=head)
            answer = connection.getresponse()
            body = answer.read()
            yield _answer(url, answer, body, time.perf_counter() - began)
            if answer.status == 200 and answer.headers.get_content_type() == "text/html":
                for found in _links(url, body):
                    if found not in seen:
                        seen.add(found)
                        waiting.append(found)
    finally:
        connection.close()


def _answer(url: str, answer: http.client.HTTPResponse, body: bytes, seconds: float) -> Answer:
    verdict, action, reason, record = (
        answer.getheader(f"Facegate-{name}", "") for name in ("Verdict", "Action", "Reason", "Record")
    )
    return Answer(url, answer.status, verdict, action, reason, record, hashlib.sha256(body).hexdigest(), seconds)


def _links(page: str, body: bytes) -> list[str]:
    """Those of the same host and port, in their order."""
    reader = _Links()
    reader.feed(body.decode("utf-8", "replace"))
    urls = [urljoin(page, link) for link in reader.found]
    return [url for url in urls if urlsplit(url)[:2] == urlsplit(page)[:2]]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        wanted = {"a": "href", "link": "href", "img": "src"}.get(tag)
        self.found += [value for name, value in attributes if name == wanted and value]
