"""What the gateway withholds of a labelled folder: every picture fetched through a running gateway, over real HTTP.

The folder is described in labels.py. Faces so small that people miss them carry the tag `tiny` and are counted apart.
"""

import functools
import http.server
import json
import mimetypes
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import httpx
import proxies
from facegate.errors import ConfigError
from labels import Picture, labelled
from rich.console import Console
from rich.progress import Progress

PATIENCE = 120.0  # seconds for one picture
CLIENTS = 4  # crawlers side by side: keeps two cores busy


@dataclass(frozen=True)
class Outcome:
    path: str
    face: bool
    tags: tuple[str, ...]
    status: int
    reason: str
    identical: bool  # the very bytes of the file arrived

    @property
    def withheld(self) -> bool:
        return not self.identical


@click.command(help=__doc__)
@click.option("--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--limit", type=int, help="No more than this many of each kind, evenly spread.")
@click.option("--proxy", help="A running gateway's proxy URL; without it one is started.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write one line a picture to this file.")
def main(corpus: Path, limit: int | None, proxy: str | None, json_file: Path | None) -> None:
    try:
        pictures = labelled(corpus, limit)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    with ExitStack() as stack:
        base = stack.enter_context(serving([corpus / picture.path for picture in pictures]))
        proxy = proxy or stack.enter_context(proxies.facegate()).url
        client = stack.enter_context(httpx.Client(proxy=proxy, timeout=PATIENCE, trust_env=False))
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        pool = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        urls = [f"{base}/{number}" for number in range(len(pictures))]
        fetched = pool.map(functools.partial(fetch, client, corpus), urls, pictures)
        outcomes = list(bar.track(fetched, total=len(pictures), description="fetching"))
    click.echo(report(outcomes))
    if json_file:
        json_file.write_text("".join(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes), encoding="utf-8")


def fetch(client: httpx.Client, corpus: Path, url: str, picture: Picture) -> Outcome:
    try:
        reply = client.get(url)
    except httpx.HTTPError as error:
        return Outcome(picture.path, picture.face, picture.tags, status=0, reason=type(error).__name__, identical=False)
    same = reply.status_code == 200 and reply.content == (corpus / picture.path).read_bytes()
    return Outcome(
        picture.path,
        picture.face,
        picture.tags,
        status=reply.status_code,
        reason=reply.headers.get("facegate-reason", "passed" if same else "altered"),
        identical=same,
    )


class _Numbered(http.server.BaseHTTPRequestHandler):
    """Each picture under its number: the folders' names would give the answer away."""

    protocol_version = "HTTP/1.1"
    files: list[Path]

    def do_GET(self) -> None:
        file = self.files[int(self.path[1:])]
        data = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(files: list[Path]) -> Iterator[str]:
    handler = type("Numbered", (_Numbered,), {"files": files})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "0 of 0"


def report(outcomes: list[Outcome]) -> str:
    faces = [o for o in outcomes if o.face]
    visible = [o for o in faces if "tiny" not in o.tags]
    plain = [o for o in outcomes if not o.face]
    lines = [
        f"faces withheld, without `tiny`: {share(sum(o.withheld for o in visible), len(visible))}",
        f"faces withheld, all: {share(sum(o.withheld for o in faces), len(faces))}",
        f"no faces passed: {share(sum(not o.withheld for o in plain), len(plain))}",
        "",
        "| tag | faces withheld | no faces passed |",
        "|---|---|---|",
    ]
    by_tag: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for tag in outcome.tags:
            by_tag[tag].append(outcome)
    for tag, tagged in sorted(by_tag.items()):
        with_face, without = [o for o in tagged if o.face], [o for o in tagged if not o.face]
        lines.append(
            f"| {tag} | {share(sum(o.withheld for o in with_face), len(with_face))} "
            f"| {share(sum(not o.withheld for o in without), len(without))} |"
        )
    lines += ["", "| status, reason | faces | no faces |", "|---|---|---|"]
    counts = {kind: Counter((o.status, o.reason) for o in outcomes if o.face is kind) for kind in (True, False)}
    for key in sorted(counts[True] | counts[False]):
        lines.append(f"| {key[0]} {key[1]} | {counts[True][key]} | {counts[False][key]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
