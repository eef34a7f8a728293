"""A small newspaper on loopback: pages, photographs, and the other ways in which a portrait travels."""

import base64
import html
import io
import json
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from facegate.demo.photographs import Photograph

HTML = "text/html; charset=utf-8"


class Holds(StrEnum):
    """What whoever gets a body has."""

    NO_FACE = "no face"
    FACE = "a face"
    WHO_KNOWS = "who knows"


@dataclass(frozen=True, slots=True)
class Resource:
    """`what` is for the table."""

    what: str
    content_type: str
    body: bytes
    holds: Holds = Holds.NO_FACE


def resources(photographs: Mapping[str, Photograph]) -> dict[str, Resource]:
    """By path; whoever follows the links of "/" finds all of them."""
    portrait, face = photographs["astronaut"], Holds.FACE
    jpeg = portrait.encoded()
    rocket = photographs["rocket"].encoded()
    inline = base64.b64encode(jpeg).decode()
    found = {
        f"/photos/{it.name}.jpg": Resource(it.what, "image/jpeg", it.encoded(), face if it.face else Holds.NO_FACE)
        for it in photographs.values()
    }
    found |= {
        "/photos/cup.webp": Resource("the cup as WebP", "image/webp", photographs["coffee"].encoded("WEBP")),
        "/photos/crew.webp": Resource("the portrait as WebP", "image/webp", portrait.encoded("WEBP"), face),
        "/photos/broken.jpg": Resource(
            "a photograph that breaks off", "image/jpeg", rocket[: len(rocket) // 2], Holds.WHO_KNOWS
        ),
        "/files/logo.css": Resource("the portrait, called a style sheet", "text/css", jpeg, face),
        "/files/update.bin": Resource("the portrait, of no type", "application/octet-stream", jpeg, face),
        "/files/press-kit.zip": Resource("the portrait in a ZIP archive", "application/zip", _zip(jpeg), face),
        "/files/profile.pdf": Resource("the portrait in a PDF", "application/pdf", portrait.encoded("PDF"), face),
        "/files/notes.zip": Resource("a ZIP archive of texts", "application/zip", _zip(b"nothing but words\n" * 50)),
        "/api/crew.json": Resource(
            "the portrait as base64 in JSON", "application/json", json.dumps({"photo": inline}).encode(), face
        ),
        "/about.html": Resource(
            "the portrait in a page, as a data: URI",
            HTML,
            _page("About us", f'<img src="data:;base64,{inline}">'),
            face,
        ),
        "/weather.html": Resource("a page of text", HTML, _page("The weather", "<p>Wind from the west, 14 knots.</p>")),
    }
    links = "".join(f'<li><a href="{html.escape(path)}">{html.escape(it.what)}</a>' for path, it in found.items())
    return {"/": Resource("the front page", HTML, _page("The Harbour Times", f"<ul>{links}</ul>"))} | found


class Site:
    """Serves them on a free port of loopback while it is entered."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources

    def __enter__(self) -> Self:
        resources = self._resources

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes

            def do_GET(self) -> None:
                found = resources.get(self.path)
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", found.content_type if found else "text/plain")
                self.send_header("Content-Length", str(len(found.body) if found else 0))
                self.end_headers()
                self.wfile.write(found.body if found else b"")

            def log_message(self, *_: object) -> None:
                """The story is told elsewhere."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="site", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


def _page(title: str, inner: str) -> bytes:
    return f"<!doctype html><title>{title}</title><h1>{title}</h1>{inner}\n".encode()


def _zip(member: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg" if member[:2] == b"\xff\xd8" else "notes.txt", member)
    return out.getvalue()
