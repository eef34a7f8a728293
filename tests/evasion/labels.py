"""A picture under every name but its own."""

from evasion.case import Picture, evasion


@evasion("ctl", "declared jpeg", "image/jpeg")
def declared(picture: Picture) -> bytes:
    return picture.jpeg


for label in (
    "",
    "application/octet-stream",
    "application/json",
    "application/javascript",
    "application/pdf",
    "application/wasm",
    "application/x-unheard-of",
    "application/zip",
    "font/woff2",
    "image/",
    "image/png",
    "image/svg+xml",
    "multipart/form-data",
    "text/css",
    "text/html; charset=utf-7",
    "text/html; charset=utf-16",
    "text/plain",
    "video/mp4",
    "not a type",
):
    evasion("type", f"jpeg labelled {label or 'nothing'}", label)(declared)


@evasion("type", "png labelled text", "text/html")
def png(picture: Picture) -> bytes:
    return picture.png


@evasion("type", "webp labelled font", "font/woff")
def webp(picture: Picture) -> bytes:
    return picture.encoded("WEBP")
