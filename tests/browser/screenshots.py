"""Makes the pictures in docs/: the console as it is with the home of these tests, seen by Chromium.

Of pictures only the astronaut (NASA, public domain) and drawings are in them.
"""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click
from browser.chrome import find_chromium, open_chromium
from browser.people import Person
from browser.seeds import Seeds
from live.gateways import Gateway
from PIL import Image
from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 150_000  # bytes
COLOURS = (256, 128, 64, 32)  # the first that is small enough
WINDOW = {"width": 1200, "height": 800}
HAND = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """`before` brings the page to what is shown; `path` may be asked of the seeds."""

    name: str
    who: str
    path: str | Callable[[Seeds], str]
    before: Callable[[Page], object] = lambda _page: None
    scheme: str = "light"
    size: dict[str, int] = field(default_factory=lambda: WINDOW)


def reveal(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("1")
    page.locator("#pictures img").wait_for()


def waiting(page: Page) -> None:
    page.locator("#grid img").first.wait_for()
    page.wait_for_function("""() => [...document.images].every(
      image => image.complete || image.getBoundingClientRect().top > innerHeight)""")


SHOTS = (
    Shot("dashboard", "rita", "/"),
    Shot("dashboard-dark", "rita", "/", scheme="dark"),
    Shot("queue", "rita", "/queue", waiting),
    Shot("queue-dark", "rita", "/queue", reveal, scheme="dark"),
    Shot("queue-phone", "rita", "/queue", waiting, size=HAND),
    Shot(
        "record",
        "rita",
        lambda seeds: f"/records/{seeds.open_records()[1]}",
        lambda page: page.locator("#blur").wait_for(),
    ),
    Shot("decide", "rita", "/jobs/changed-4713/approve"),
    Shot("ledger", "ada", "/ledger"),
)


@click.command(help=__doc__)
@click.option("--out", default=FOLDER, type=click.Path(path_type=Path), help="The folder they are written to.")
@click.option("--only", default="", help="The name of one.")
def main(out: Path, only: str) -> None:
    chromium = find_chromium()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="facegate-shots-") as folder, Seeds(Path(folder) / "home") as seeds:
        seeds.everything()
        with Gateway(seeds.home.path, seeds.file.read_text()) as gateway, open_chromium(chromium) as chrome:
            for shot in SHOTS:
                if only in ("", shot.name):
                    data = smaller(take(chrome, gateway.console, seeds, shot))
                    (out / f"{shot.name}.png").write_bytes(data)
                    click.echo(f"{shot.name}.png: {len(data) // 1000} kB")


def take(chrome: Browser, url: str, seeds: Seeds, shot: Shot) -> bytes:
    person = Person(chrome, url, viewport=shot.size, color_scheme=shot.scheme, reduced_motion="reduce")
    person.log_in(shot.who)
    person.go(shot.path if isinstance(shot.path, str) else shot.path(seeds))
    shot.before(person.page)
    person.page.wait_for_timeout(1_500)  # live figures come within a second
    person.page.evaluate("document.activeElement.blur()")
    picture = person.page.screenshot(animations="disabled", caret="hide")
    if complaints := person.leave():
        raise click.ClickException("\n".join(complaints))
    return picture


def smaller(png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    data = png
    for colours in COLOURS:
        out = io.BytesIO()
        picture.quantize(colours, Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
        data = out.getvalue()
        if len(data) <= LARGEST:
            return data
    raise click.ClickException(f"a picture is {len(data)} bytes, more than {LARGEST}; show less of it")


if __name__ == "__main__":
    main()
