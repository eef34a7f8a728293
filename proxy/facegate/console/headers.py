"""What every answer of the console carries, whoever made it: only our own scripts and styles, no frames, no traces."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms with `Origin: null`
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
            *("fullscreen", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection"),
            *("local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
            *("publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial"),
            *("storage-access", "usb", "window-management", "xr-spatial-tracking"),
        )
    ),
}
# for bytes of strangers: whoever opens them all the same opens them in a page that may do nothing
SANDBOXED: Final = {"Content-Security-Policy": "sandbox; default-src 'none'"}
HSTS: Final = {"Strict-Transport-Security": "max-age=63072000"}  # two years; of this host only: others are not ours
KEPT: Final = "private, max-age=31536000, immutable"  # what has its hash in its path, and no secret in it


class StrictHeaders:
    """`tls`: browsers come by TLS, and shall not come otherwise any more."""

    def __init__(self, app: ASGIApp, *, tls: bool = False) -> None:
        self._app = app
        self._always = STRICT | (HSTS if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kept = [name for name, value in SANDBOXED.items() if headers.get(name) == value]
                for name, value in self._always.items():
                    if name not in kept:
                        headers[name] = value
                if message["status"] == 200 and scope.get("path", "").startswith("/static/"):
                    headers["Cache-Control"] = KEPT
            await send(message)

        await self._app(scope, receive, send_with_headers)
