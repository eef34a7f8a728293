"""What img2dataset keeps of a labelled folder, and what it reports of the rest, with the gateway between.

A crawler that nobody here wrote, run by its recipe (crawlers/examples/recipes/img2dataset.sh) out of a virtual
environment of its own, over a list of URLs of a server on this machine. The folder is described in labels.py.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click
import proxies
import pyarrow.parquet
from corpus import serving
from facegate.errors import ConfigError
from labels import Picture, labelled

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "crawlers" / "examples" / "recipes" / "img2dataset.sh"
PACKAGES = ("img2dataset", "standard-imghdr", "setuptools")  # the second was part of Python up to 3.12


@click.command(help=__doc__)
@click.option("--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--urls", default=500, show_default=True, help="How many: half with a face, half without.")
def main(corpus: Path, urls: int) -> None:
    try:
        pictures = labelled(corpus, urls // 2)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        base = stack.enter_context(serving([corpus / picture.path for picture in pictures]))
        path = installed(folder)
        (folder / "urls.txt").write_text("".join(f"{base}/{number}\n" for number in range(len(pictures))))
        command = ["sh", str(RECIPE), "urls.txt", "out"]
        proxy = stack.enter_context(proxies.facegate())
        ca = folder / "ca.pem"
        ca.write_text(proxies.run(proxy, "ca", "export"))
        environ = {"FACEGATE_PROXY_URL": proxy.url, "FACEGATE_CA": str(ca), "PATH": path}
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=os.environ | environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise click.ClickException(done.stderr.strip())
        seconds = time.perf_counter() - start
        rows = [
            row for file in (folder / "out").glob("*.parquet") for row in pyarrow.parquet.read_table(file).to_pylist()
        ]
    click.echo(f"{done.stdout.strip().splitlines()[-1]}\n{seconds:.0f} s")
    click.echo(report(pictures, rows))


def installed(folder: Path) -> str:
    """A PATH on which img2dataset is."""
    uv, python = str(ROOT / "tools" / "uv"), str(folder / "venv" / "bin" / "python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PACKAGES], check=True)
    return f"{Path(python).parent}:{os.environ['PATH']}"


def report(pictures: list[Picture], rows: list[dict[str, str]]) -> str:
    """A table by label of what img2dataset says of each URL; `rows` have `url`, `status` and `error_message`."""
    said = {int(row["url"].rpartition("/")[2]): row for row in rows}
    lines = []
    for face in (True, False):
        of = [said.get(number) for number, picture in enumerate(pictures) if picture.face is face]
        told = Counter("not reported" if row is None else row["error_message"] or row["status"] for row in of)
        lines.append(f"{'with a face' if face else 'without one'}: {len(of)}")
        lines += [f"  {count:5} {what}" for what, count in told.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
