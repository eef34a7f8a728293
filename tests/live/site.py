"""crawler -- router with the gateway -- origin, each in a network namespace of its own."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from live.gateways import Gateway
from live.namespaces import Namespace, cable

ORIGIN = "203.0.113.10"  # of no network of the world's (RFC 5737), so gateways here have to allow private addresses
PORT = "8080"
TEXT = b"<p>ordinary</p>" * 100
SERVER = """
import http.server, sys
class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = open(sys.argv[1] + self.path, "rb").read()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg" if "face" in self.path else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Pages)
print("listening", flush=True)
server.serve_forever()
"""


class _Inside(Gateway):
    """A gateway in a namespace, on all its addresses."""

    def __init__(self, router: Namespace, home: Path, config: str, port: int) -> None:
        super().__init__(home, config)
        self._argv = [*router.within(*self._argv), "--listen", f"0.0.0.0:{port}"]


class Site:
    """The origin has /text and /face on ORIGIN:PORT. `running` is for the gateway of the test's own."""

    running: Gateway
    unknown: tuple[int, bytes, str]  # what the crawler got before its job was there

    def __init__(self, folder: Path, face: bytes) -> None:
        self._folder = folder
        (folder / "text").write_bytes(TEXT)
        (folder / "face").write_bytes(face)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.crawler, self.router, self.origin = (stack.enter_context(Namespace()) for _ in range(3))
            cable(self.crawler, self.router, "in", ("10.1.0.2/24", "10.1.0.1/24"))
            cable(self.router, self.origin, "out", ("203.0.113.1/24", f"{ORIGIN}/24"))
            command = self.origin.within(sys.executable, "-c", SERVER, str(self._folder))
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            stack.callback(server.wait)
            stack.callback(server.kill)
            assert server.stdout
            with server.stdout as said:
                assert said.readline() == b"listening\n"
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def gateway(self, config: str, port: int) -> Gateway:
        return _Inside(self.router, self._folder / "home", config, port)

    def get(self, path: str, *options: str, to: str = f"{ORIGIN}:{PORT}") -> tuple[int, bytes, str]:
        """As the crawler: status, body, and the gateway's reason; status 0 when there was no answer."""
        command = self.crawler.within("curl", "-s", "-m", "20", "-D", "/dev/stderr", *options, f"http://{to}{path}")
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        status = int(done.stderr.split()[1]) if done.stderr else 0
        reason = json.loads(done.stdout)["reason"] if done.stdout.startswith(b'{"type"') else ""
        return status, done.stdout, reason
