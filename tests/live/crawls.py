"""Scrapy in a process of its own, as a crawl operator runs it: what its spider told of, what it counted and logged."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 100.0  # seconds for a whole crawl; about two on an idle machine

# The interpreter whose Scrapy is run: another one's in tools/oldest-scrapy.
PYTHON = os.environ.get("SCRAPY_PYTHON", sys.executable)
SELECT_REACTOR = "twisted.internet.selectreactor.SelectReactor"


@dataclass(frozen=True)
class Crawled:
    """`items` as the feed has them, in order; `stats` those of Scrapy's that are whole numbers."""

    items: list[dict[str, Any]]
    stats: dict[str, int]
    log: str
    status: int

    def by(self, key: str) -> dict[str, dict[str, Any]]:
        return {item[key]: item for item in self.items}


def scrapy(
    *arguments: str,
    folder: Path,
    cwd: Path | None = None,
    environ: dict[str, str] | None = None,
    settings: dict[str, object] | None = None,
    quiet: bool = True,
) -> Crawled:
    """`python -m scrapy ARGUMENTS -O folder/items.jsonl`, with the settings as `-s`. `quiet`: without a traceback."""
    out = folder / "items.jsonl"
    out.unlink(missing_ok=True)
    said = [word for name, value in (settings or {}).items() for word in ("-s", f"{name}={value}")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FACEGATE_", "SSL_CERT"))}
    done = subprocess.run(
        [PYTHON, "-m", "scrapy", *arguments, "-O", str(out), *said],
        cwd=cwd or folder,
        env=clean | {"PYTHONDONTWRITEBYTECODE": "1"} | (environ or {}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert not quiet or "Traceback" not in done.stderr, done.stderr
    lines = out.read_text().splitlines() if out.exists() else []
    stats = {name: int(number) for name, number in re.findall(r"'([\w/.-]+)': (\d+)[,}]", done.stderr)}
    return Crawled([json.loads(line) for line in lines], stats, done.stderr, done.returncode)


def behave(
    ask: dict[str, dict[str, Any]],
    *,
    folder: Path,
    proxy: str,
    environ: dict[str, str] | None = None,
    settings: dict[str, object] | None = None,
    quiet: bool = True,
) -> Crawled:
    """The spider of live/behaviours.py, through `proxy`: name -> {"url": ..., "meta": {...}}."""
    return scrapy(
        "runspider",
        str(HERE / "behaviours.py"),
        "-a",
        f"ask={json.dumps(ask)}",
        folder=folder,
        environ={"FACEGATE_PROXY_URL": proxy} | (environ or {}),
        settings={"ADDONS": json.dumps({"scrapy_facegate.FacegateAddon": 100})} | (settings or {}),
        quiet=quiet,
    )
