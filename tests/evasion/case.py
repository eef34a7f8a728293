"""One way a picture may travel: a body, and the head it comes with. Nothing here knows the gate.

A maker is a function of one Picture to the bytes on the wire. The decorator `evasion` lists it. Each case is made
twice: from a picture with a face, which has to be withheld, and from one without, which has to pass where the case is
`open`.
"""

import functools
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image

GROUPS = ("ctl", "type", "poly", "enc", "http", "uri", "fmt", "meta", "pix", "doc", "arc", "opq", "vid", "tile")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """What travels. Encoded as often as it is asked for, and only then."""

    image: Image.Image

    @functools.cached_property
    def jpeg(self) -> bytes:
        return self.encoded("JPEG", quality=85)

    @functools.cached_property
    def png(self) -> bytes:
        return self.encoded("PNG")

    def small(self, side: int) -> "Picture":
        return Picture(self.image.resize((side, side), Image.Resampling.LANCZOS))

    def encoded(self, kind: str, **options: object) -> bytes:
        return encoded(self.image, kind, **options)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@functools.cache
def innocent(kind: str = "JPEG", side: int = 96) -> bytes:
    """A picture of nothing, to hide behind."""
    return encoded(Image.linear_gradient("L").convert("RGB").resize((side, side)), kind)


Maker = Callable[[Picture], bytes]


@dataclass(frozen=True)
class Case:
    """`residual`: no gate can decide it for sure. `open`: the same way around a picture without a face passes."""

    group: str
    name: str
    content_type: str
    maker: Maker
    headers: Headers | Callable[[Picture], Headers] = ()
    residual: bool = False
    open: bool = True

    @property
    def id(self) -> str:
        return f"{self.group}-{'-'.join(self.name.split())}"

    def body(self, picture: Picture) -> bytes:
        return self.maker(picture)

    def head(self, picture: Picture) -> Headers:
        return self.headers(picture) if callable(self.headers) else self.headers


CASES: list[Case] = []


def evasion(
    group: str,
    name: str,
    content_type: str = "application/octet-stream",
    headers: Headers | Callable[[Picture], Headers] = (),
    *,
    residual: bool = False,
    open: bool = True,
) -> Callable[[Maker], Maker]:
    def listed(maker: Maker) -> Maker:
        CASES.append(Case(group, name, content_type, maker, headers, residual, open))
        return maker

    return listed


def evasions(
    group: str, content_type: str, makers: Iterable[tuple[str, Maker]], *, residual: bool = False, open: bool = True
) -> None:
    """Many at once, of one kind."""
    CASES.extend(Case(group, name, content_type, maker, (), residual, open) for name, maker in makers)
