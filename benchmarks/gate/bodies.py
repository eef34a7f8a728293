"""What is asked for. Each body has a mark within, so that one can be like no other, or the same again."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import skimage.data
from PIL import Image

PAGE_SIZE = 36 * 1024
PARAGRAPH = (
    '<p class="text">The quick brown fox jumps over the <a href="/lazy/dog?id={n}">lazy dog</a>, {n} times.</p>\n'
)
MARK = 24  # bytes
SIZES = (4, 16, 64, 256, 1024)  # KB of pages, beside the one of 36

type Halves = tuple[bytes, bytes]  # what stands before and after the mark


@dataclass(frozen=True, slots=True)
class Body:
    title: str
    path: str  # at the origin
    fresh: bool = True  # is each one unlike the one before?


BODIES = {
    "page": Body("HTML, 36 KB", "/page"),
    "photo": Body("photo 600x400, never seen before", "/photo"),
    "large": Body("photo 1200x1200, never seen before", "/large"),
    "seen": Body("photo 600x400, seen before", "/photo", fresh=False),
}


def page(size: int = PAGE_SIZE) -> Halves:
    text = "".join(PARAGRAPH.format(n=n) for n in range(size // 90 + 1)).encode()
    start = b"<!doctype html><html><head><title>A page</title></head><body>\n<!-- "
    end = b" -->\n"
    return start, end + text[: size - len(start) - len(end) - MARK - 14] + b"</body></html>"


def photo() -> Halves:
    """A cup of coffee, 600x400 as it comes, without a face."""
    return _jpeg(Image.fromarray(skimage.data.coffee()))


def large() -> Halves:
    """The same in 1200x1200: the middle of it, enlarged."""
    cup = Image.fromarray(skimage.data.coffee()).crop((100, 0, 500, 400))
    return _jpeg(cup.resize((1200, 1200), Image.Resampling.LANCZOS))


def face() -> Halves:
    """An astronaut, 512x512 as she comes; withheld."""
    return _jpeg(Image.fromarray(skimage.data.astronaut()))


ANSWERS: dict[str, tuple[str, Callable[[], Halves]]] = {
    "/page": ("text/html", page),
    **{f"/page/{size}": ("text/html", partial(page, size << 10)) for size in SIZES},
    "/photo": ("image/jpeg", photo),
    "/large": ("image/jpeg", large),
    "/face": ("image/jpeg", face),
}


def _jpeg(picture: Image.Image) -> Halves:
    """The mark is a comment (COM) of its own."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    jpeg = out.getvalue()
    return jpeg[:2] + b"\xff\xfe" + (MARK + 2).to_bytes(2), jpeg[2:]
