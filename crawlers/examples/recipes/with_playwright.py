# /// script
# dependencies = ["playwright"]
# ///
"""`uv run with_playwright.py URL...` opens each in Chromium, and prints "STATUS REASON URL" for all that it loads.

The browser is Playwright's own (`uvx playwright install chromium`), or the one that CHROMIUM names. On Linux, where
certutil has to be there (Debian: libnss3-tools, Fedora: nss-tools); on macOS the browser goes by the system's store.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Response, sync_playwright


def trust(home: Path, pem: str) -> None:
    """Makes the authority one of a browser's whose HOME is `home`. ignore_https_errors would accept anybody's."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "facegate", "-i", pem]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True)  # noqa: S607


def tell(answer: Response) -> None:
    print(answer.status, answer.headers.get("facegate-reason", ""), answer.url)


gateway = urlsplit(os.environ["FACEGATE_PROXY_URL"])
# without "<-loopback>" Chromium fetches this machine's own addresses past any proxy
proxy = {"server": f"http://{gateway.hostname}:{gateway.port}", "bypass": "<-loopback>"}
if gateway.username:
    proxy |= {"username": unquote(gateway.username), "password": unquote(gateway.password or "")}
# WebRTC speaks UDP, which no proxy sees
inside = "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"

with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
    trust(Path(home), os.environ["FACEGATE_CA"])
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM"),
        args=[inside],
        chromium_sandbox=os.geteuid() != 0,  # Chromium has none for root
        env=os.environ | {"HOME": home},
        proxy=proxy,
    )
    page = browser.new_page()
    page.on("response", tell)
    for url in sys.argv[1:]:
        page.goto(url)
    browser.close()
