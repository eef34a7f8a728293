"""One file over HTTP, with Range and ETag as real servers have them, and the ways in which that goes wrong."""

import re
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class FileServer:
    """What it does next stands in its attributes; `asked` are the heads of the requests, in order."""

    def __init__(self, content: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.content = content
        self.etag = '"v1"'
        self.ranges = True  # honours Range
        self.length = True  # sends Content-Length; else chunked
        self.cut_after: int | None = None  # bytes of a body, then the connection ends
        self.hang_after: int | None = None  # bytes of a body, then silence until `go_on`
        self.go_on = threading.Event()
        self.status = 200
        self.headers: dict[str, str] = {}
        self.content_range = ""  # in place of the right one
        self.asked: list[dict[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}/red.onnx"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(dict(request.headers))
        request.close_connection = True
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        fresh = request.headers.get("If-Range", self.etag) == self.etag
        status, start, headers = self.status, 0, {"ETag": self.etag} | self.headers
        if asked and self.ranges and fresh and status == 200:
            start, status = int(asked[1]), 206
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
            if start >= len(self.content):
                start, status = len(self.content), 416
                headers["Content-Range"] = f"bytes */{len(self.content)}"
        if self.content_range and status in (206, 416):
            headers["Content-Range"] = self.content_range
        body = self.content[start:] if status in (200, 206) else b""
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header(*(("Content-Length", str(len(body))) if self.length else ("Transfer-Encoding", "chunked")))
        request.end_headers()
        self._send(request.wfile.write, body)

    def _send(self, write: Callable[[bytes], object], body: bytes) -> None:
        stop = next((after for after in (self.cut_after, self.hang_after) if after is not None), None)
        sent = body if stop is None else body[:stop]
        write(sent if self.length else b"%x\r\n%s\r\n" % (len(sent), sent))
        if self.hang_after is not None:
            self.go_on.wait(60)
        if stop is None and not self.length:
            write(b"0\r\n\r\n")
