"""Our own style and scripts, out of the package: read once, served under a path with their hash in it."""

import functools
import hashlib
from importlib import resources

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@functools.cache
def files() -> dict[str, bytes]:
    """name -> content."""
    folder = resources.files("facegate.console") / "static"
    return {
        file.name: file.read_bytes()
        for file in sorted(folder.iterdir(), key=lambda it: it.name)
        if file.name.rpartition(".")[2] in TYPES
    }


@functools.cache
def version() -> str:
    """One for all of them: a script names another that it imports by its bare name."""
    digest = hashlib.sha256()
    for name, content in files().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def asset(name: str) -> str:
    """The path of a file. Raises KeyError for one that is not there."""
    if name not in files():
        raise KeyError(name)
    return f"/static/{version()}/{name}"


def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if request.path_params["version"] != version() or name not in files():
        raise HTTPException(404, "there is no such file")
    return Response(files()[name], headers={"Content-Type": TYPES[name.rpartition(".")[2]]})


async def _robots(_request: Request) -> Response:
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


async def _icon(_request: Request) -> Response:
    return Response(files()["icon.svg"], headers={"Content-Type": TYPES["svg"]})


def routes() -> list[Route]:
    return [
        Route("/static/{version}/{name}", _serve),
        Route("/robots.txt", _robots),
        Route("/favicon.ico", _icon),
    ]
