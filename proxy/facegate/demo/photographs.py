"""Photographs that anybody may use, out of the installed scikit-image, which is not imported.

Each is in the public domain or under CC0; `skimage.data` names the source of each.
"""

import io
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from PIL import Image

from facegate.errors import HomeError

INSTALL = "pip install 'facegate[demo]'"


@dataclass(frozen=True, slots=True)
class Photograph:
    """`face`: a person's face is seen in it."""

    name: str
    what: str
    face: bool
    image: Image.Image  # RGB

    def encoded(self, kind: str = "JPEG") -> bytes:
        """The file of this kind (JPEG, PNG, WEBP, PDF ...), without metadata."""
        out = io.BytesIO()
        self.image.save(out, kind)
        return out.getvalue()


# file in skimage/data -> what is seen, and whether it is a face. The first is NASA's, the others are CC0.
_FILES = {
    "astronaut.png": ("a portrait of an astronaut", True),
    "camera.png": ("a man with a camera", True),
    "chelsea.png": ("a cat", False),
    "coffee.png": ("a cup of coffee", False),
    "rocket.jpg": ("a rocket on its launch pad", False),
}


def photographs() -> dict[str, Photograph]:
    """By name, such as "astronaut". Raises HomeError, which says what to install."""
    try:
        installed = metadata.distribution("scikit-image")
    except metadata.PackageNotFoundError:
        raise HomeError(f"the demo's photographs come with scikit-image, which is missing: {INSTALL}") from None
    found = {}
    for file, (what, face) in _FILES.items():
        path = Path(str(installed.locate_file(f"skimage/data/{file}")))
        try:
            with Image.open(path) as image:
                found[path.stem] = Photograph(path.stem, what, face, image.convert("RGB"))
        except OSError as error:
            raise HomeError(f"{path} is no photograph ({error}); install it anew: {INSTALL}") from None
    return found
