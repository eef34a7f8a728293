"""A part file from a URL over http or https, from the byte on that it ends with (RFC 9110: Range, If-Range).

What was begun from another version of the file is noticed by its ETag, or else by the digest of the whole.
"""

import http.client
import re
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import urlsplit

from facegate.errors import FetchError
from facegate.models.part import AGAIN, Part, Progress, pieces

SILENCE = 30.0  # seconds without a byte after which a server is given up
BY_HAND = "correct url in the description, or download it by hand and give it as --weights"


def download(url: str, part: Part, progress: Progress) -> None:
    """All of `url`. Raises FetchError; what came stays in `part` then."""
    have = part.size
    response = _open(url, part, have)
    if response is None:
        return  # there was no more to come
    with response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise FetchError(f"{url}: the server compresses it on the way; {BY_HAND}")
        start = _first_byte(response) if response.status == HTTPStatus.PARTIAL_CONTENT else 0
        if start not in (0, have):
            part.discard()
            raise FetchError(f"{url}: the server went on from another byte than {have}; run the same again")
        total = None if response.length is None else start + response.length
        part.bounded(total or 0, url)
        if start == 0:
            part.etag = response.headers.get("ETag") or ""
        try:
            done = part.write(start, pieces(response), total, progress, url)
        except (OSError, http.client.HTTPException) as error:  # time-outs and resets are OSErrors
            raise FetchError(f"{url}: interrupted after {part.size} bytes ({_why(error)}); {AGAIN}") from None
    if total is not None and done < total:
        raise FetchError(f"{url}: interrupted after {done} of {total} bytes; {AGAIN}")


def _open(url: str, part: Part, have: int) -> http.client.HTTPResponse | None:
    """The answer, to be read; None when it says that `part` is complete."""
    headers = {"User-Agent": "facegate"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if part.etag.startswith('"'):  # a weak one promises no equal bytes; without any the digest has the last word
            headers["If-Range"] = part.etag
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the opener knows no other scheme
        response: http.client.HTTPResponse = _opener().open(request, timeout=SILENCE)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            if error.headers.get("Content-Range") == f"bytes */{have}":
                return None
            part.discard()
            return _open(url, part, 0)
        if error.code in range(300, 400):
            raise FetchError(f"{url}: redirects without end, or to where this does not follow; {BY_HAND}") from None
        said = f"{error.code} {http.client.responses.get(error.code, '')}".rstrip()
        raise FetchError(f"{url}: the server answered {said}; {BY_HAND}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a URL that is none
        raise FetchError(f"{url}: cannot be reached ({_why(error)})" + (f"; {AGAIN}" if have else "")) from None
    return response


class _Redirects(urllib.request.HTTPRedirectHandler):
    """To the same scheme, or from http to https."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        schemes = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if schemes[0] != schemes[1] and schemes != ("http", "https"):
            fp.close()
            raise FetchError(f"{req.full_url}: redirects from {schemes[0]} to {schemes[1]}; {BY_HAND}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """http and https, also through the proxy that the environment names, and nothing else: no files, no FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        _Redirects,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _first_byte(response: http.client.HTTPResponse) -> int:
    match = re.match(r"bytes ([0-9]{1,15})-", response.headers.get("Content-Range") or "")
    return int(match[1]) if match else -1


def _why(error: Exception) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    words = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return words or type(inner).__name__
