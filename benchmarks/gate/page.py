"""Pages of the documentation, docs/performance.md first: prose by hand, and sections that the benchmarks write anew
between two marks of their name."""

import os
import platform
import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

NAME = "performance.md"
IMAGES = "images"


def write(docs: Path, name: str, body: str, file: str = NAME) -> None:
    """Puts `body` where the page has `<!-- NAME -->` and `<!-- end of NAME -->`, and says how it was measured."""
    page = docs / file
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{page} cannot be read ({error.strerror})") from None
    if len(marks.findall(text)) != 1:
        raise click.ClickException(f"{page} has no marks <!-- {name} --> and <!-- end of {name} -->")
    section = f"{body.strip()}\n\n{measured()}\n"
    page.write_text(marks.sub(lambda found: found[1] + section + found[2], text), encoding="utf-8")
    click.echo(f"wrote the section {name} of {page}")


def check(docs: Path, name: str, file: str = NAME) -> None:
    """The same complaints before anything is measured."""
    page = docs / file
    if not page.is_file() or f"<!-- {name} -->" not in page.read_text(encoding="utf-8"):
        raise click.UsageError(f"{page} is not there, or has no mark <!-- {name} -->")


def measured() -> str:
    arguments = shlex.join(Path(word).name if word.startswith("/") else word for word in sys.argv[1:])
    package = Path(sys.argv[0])
    module = package.parent.name if package.stem == "__main__" else f"{package.parent.name}.{package.stem}"
    command = f"python -m benchmarks.{module} {arguments}".strip()
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}, {machine()}: `{command}`."


def machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {gigabytes:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or "unknown"
