"""Runs each recipe of crawlers/examples/recipes with a client that is installed for it, into a folder that goes again.

A gateway that wants credentials, a site with TLS behind it: a page, a picture, a clip, and the same with a portrait.
A recipe ran when what has nobody in it came, and what has was answered 451. `PYTHONPATH=tests python tools/recipes.py
[NAME...]`; needs the network for the package registries, npm for two, Chromium and certutil for one.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import av
import skimage.data
from conftest import find_program
from live.authority import Authority
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
RECIPES = ROOT / "crawlers" / "examples" / "recipes"
UV = str(ROOT / "tools" / "uv")
PATIENCE = 600  # seconds for a recipe, its client's installation included
JOB = 'id = "recipes"\noperator = "acme"\npurpose = "recipes"\n[scope]\nkind = "untargeted"\n'


@dataclass(frozen=True)
class Recipe:
    file: str
    packages: tuple[str, ...] = ()  # of PyPI for a shell script, of npm for .mjs; a .py names its own
    asks: tuple[str, str] = ("/page", "/face.jpg")  # what passes, what is withheld
    saves: str = ""  # what is there afterwards, for those who do not print a status

    def ran(self, said: str, folder: Path, urls: list[str]) -> bool:
        passed = any(folder.glob(self.saves)) if self.saves else f"200  {urls[0]}" in said
        return passed and "451" in said and "cert" not in said.lower()


ALL = (
    Recipe("curl.sh"),
    Recipe("wget.sh", saves="page"),
    Recipe("with_requests.py"),
    Recipe("with_httpx.py"),
    Recipe("with_aiohttp.py"),
    Recipe("with_urllib.py"),
    Recipe("with_playwright.py"),
    Recipe("with_crawlee.py"),
    Recipe("with_crawlee.mjs", ("crawlee",)),
    Recipe("with_undici.mjs", ("undici@6",)),
    Recipe("gallery-dl.sh", ("gallery-dl",), ("/cup.jpg", "/face.jpg"), "gallery-dl/*/*cup.jpg"),
    Recipe("yt-dlp.sh", ("yt-dlp",), ("/clip.mp4", "/person.mp4"), "clip*"),
    Recipe(
        "img2dataset.sh", ("img2dataset", "standard-imghdr", "setuptools"), ("/cup.jpg", "/face.jpg"), "out/*/*.jpg"
    ),
)


def jpeg(name: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(getattr(skimage.data, name)()).save(out, "JPEG")
    return out.getvalue()


def clip(name: str) -> bytes:
    """A second of a picture's middle, as MPEG-4."""
    out, picture = io.BytesIO(), getattr(skimage.data, name)()[:400, :400]
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 400, 400, "yuv420p"
        frames = [av.VideoFrame.from_ndarray(picture, format="rgb24") for _ in range(5)]
        for frame in [*frames, None]:
            container.mux(stream.encode(frame))
    return out.getvalue()


def site(origin: Origin) -> None:
    origin.route("/page", answer(b"<!doctype html><title>a page</title>"))
    for path, body, kind in (
        ("/cup.jpg", jpeg("coffee"), "image/jpeg"),
        ("/face.jpg", jpeg("astronaut"), "image/jpeg"),
        ("/clip.mp4", clip("coffee"), "video/mp4"),
        ("/person.mp4", clip("astronaut"), "video/mp4"),
    ):
        origin.route(path, answer(body, kind))


def run(recipe: Recipe, origin: Origin, environ: dict[str, str], folder: Path) -> tuple[bool, str]:
    """Whether it ran, and all that was said on the way."""
    urls = [origin.url(path).replace("127.0.0.1", "localhost") for path in recipe.asks]  # got has no IPv4 in HTTP/2
    arguments = urls
    if recipe.file == "img2dataset.sh":
        (folder / "urls.txt").write_text("\n".join(urls))
        arguments = ["urls.txt", "out"]
    file = str(RECIPES / recipe.file)
    install: list[list[str]] = []
    command = ["sh", file]
    if recipe.file.endswith(".py"):
        command = [UV, "run", "--quiet", "--no-project", "--python", sys.executable, "--script", file]
    elif recipe.file.endswith(".mjs"):
        shutil.copy(file, folder)  # Node looks for packages beside it
        install = [["npm", "install", "--silent", *recipe.packages]]
        command = ["node", recipe.file]
    elif recipe.packages:
        install = [
            [UV, "venv", "--quiet", "--python", sys.executable, "venv"],
            [UV, "pip", "install", "--quiet", "--python", "venv/bin/python", *recipe.packages],
        ]
    said = "".join(_said(step, folder, os.environ) for step in install)
    path = f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}"
    told = _said([*command, *arguments], folder, os.environ | environ | {"PATH": path})
    told += "".join(file.read_text() for file in folder.glob("out/*_stats.json"))  # img2dataset's report
    return recipe.ran(told, folder, urls), said + told


def _said(command: list[str], folder: Path, environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    return done.stdout + done.stderr


def main(names: list[str], say: Callable[[str], None] = print) -> int:
    """An exit status: 1 when one did not run."""
    chosen = [recipe for recipe in ALL if not names or recipe.file in names]
    ran = 0
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        authority = Authority(place)
        config = f'[identity]\nrequired = true\n[egress]\ntrusted_ca = "{authority.pem}"\n'
        with (
            Gateway(place / "home", config, console=False, inspectors=1) as gateway,
            Origin(authority.server()) as origin,
        ):
            site(origin)
            (place / "job.toml").write_text(JOB)
            token = json.loads(gateway.run("job", "register", str(place / "job.toml"), "--json").stdout)["token"]
            environ = {
                "FACEGATE_PROXY_URL": gateway.proxy.replace("://", f"://recipes:{token}@"),
                "FACEGATE_CA": str(gateway.ca),
                "NODE_EXTRA_CA_CERTS": str(gateway.ca),
                "CHROMIUM": find_program("browser") or "",
            }
            for recipe in chosen:
                folder = place / recipe.file.replace(".", "-")
                folder.mkdir()
                start = time.monotonic()
                good, said = run(recipe, origin, environ, folder)
                ran += good
                say(f"{recipe.file:20} {'ran' if good else 'DID NOT RUN':12} {time.monotonic() - start:6.1f} s")
                if not good:
                    say(said)
                shutil.rmtree(folder)
    say(f"{ran} of {len(chosen)} recipes ran")
    return 0 if ran == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
