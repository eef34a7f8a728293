"""Every shell block of README and docs is run: in a copy of a home that has what they speak of, or with a live gateway.

What cannot run here stands in NOT_HERE with the reason, and in what else is done instead of the letter in INSTEAD.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from docs.blocks import PAGES, ROOT, Block, blocks, toml
from docs.conftest import HOME, ID, coming
from live.authority import Authority
from live.gateways import Gateway
from live.origin import Origin

type Shell = Callable[..., subprocess.CompletedProcess[str]]

# what a line begins with -> why it is not run, and what shows it instead
NOT_HERE = {
    "make demo": "the whole demo: tests/commands/test_demo.py; that each target of make exists: test_options.py",
    "make run": "a gateway until Ctrl-C: tests/live/test_serve.py",
    "make ": "tools and benchmarks, each with a test of its own (tests/tools, tests/benchmarks)",
    "facegate demo": "tests/commands/test_demo.py",
    "facegate serve": "a gateway until Ctrl-C: tests/live/test_serve.py",
    "facegate check": "asks this machine's ports and network: tests/commands/test_check.py",
    "facegate reload": "needs its gateway: tests/live, tests/commands/test_reload.py",
    "pip install": "needs a registry: tests/crawlers/test_wheel.py installs the wheel",
    "FACEGATE_PROXY_URL": "a Scrapy crawl: tests/live/test_scrapy.py",
    "sh crawlers/examples/recipes/": "each recipe runs in tests/live/test_recipes.py",
    "PICTURES_START": "a Scrapy crawl: tests/live/test_scrapy.py",
    "FACEGATE_JOB=crew": "likewise",
    "scrapy ": "likewise",
    "docker ": "no container engine here: tests/deploy holds the files to their schemas",
    "alias gate": "docker",
    "gate ": "docker",
    "--proxy http://JOB:TOKEN@balancer": "docker",
    "kubectl ": "no cluster here: tests/deploy",
    "cd deploy/kubernetes": "kubectl",
    "cp secrets.env": "kubectl",
    "facegate ca export --home authority": "kubectl",
    "nft ": "changes this machine's network: tests/live/test_modes_transparent.py, in namespaces",
    "ip r": "likewise",
    "curl --proxy socks5h": "needs listen.mode: tests/live/test_modes_socks5.py",
    "for name in imageio": "needs a built wheel and a registry: tests/crawlers/test_wheel.py",
    "uv pip install": "likewise",
    "facegate ledger export --format ecs --follow": "goes on until Ctrl-C: tests/commands/test_export.py",
    "facegate accumulation sign": "only what is stopped is signed for: tests/commands/test_accumulation.py",
    "facegate vault move": "needs a second storage: tests/quarantine/test_move.py",
    "facegate state ": "needs Redis: tests/commands/test_state.py, tests/live/test_shared.py",
    "curl --proxy http://JOB:TOKEN@127.0.0.1:8080": "needs a released record: tests/live/test_quarantine.py",
}
# where a block speaks of something that is another one here
INSTEAD = {
    "/var/lib/facegate": "OTHER",
    "/etc/facegate --for": "first --yes --for",  # on a terminal it asks
    "/mnt/safe/ledger": "safe",
    "0b5c...": "0b5c1f2e-5d1c-4c55-9a5e-6f0f2f6d7c11",
    '--as eve --reason "request 12"\n': '--as eve --reason "request 12" --yes\n',  # on a terminal it asks
    "ca import facegate-ca.pem": 'ca import "$HOME/.local/state/facegate/ca/facegate-ca.pem"',
    "revoke-token ID": "revoke-token $(facegate user tokens | grep -o '^[0-9a-f]*' | head -n 1)",
}
# those that need a gateway
LIVE = ("README.md:2", "docs/start.md:3", "docs/identity.md:1", "docs/identity.md:2", "docs/api.md:2")

BLOCKS = [block for page in PAGES for block in blocks(page)]


def runnable(block: Block) -> str:
    """What of a block is run here, "" for nothing."""
    lines = block.text.replace("\\\n", " ").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.lstrip().startswith(tuple(NOT_HERE)))
    for said, meant in INSTEAD.items():
        text = text.replace(said, meant)
    text = re.sub(r"\bID\b", ID, text)
    for name in re.findall(r"facegate user add ([\w-]+)", text):  # who is there already in this world
        text = f"facegate user remove {name}\n{text}"
    return text if text.strip() else ""


def files(block: Block, work: Path) -> None:
    """Writes the TOML files that the page shows: a job's under the name that a command gives it."""
    for text in toml(ROOT / block.page):
        text = re.sub(r"(expires = )\d{4}-\d\d-\d\dT00:00:00Z", rf"\g<1>{coming()}", text)
        if name := re.search(r'^id = "([a-z0-9-]+)"', text, re.M):
            for path in ("job.toml", f"{name[1]}.toml"):
                if not (work / path).exists() or path == "job.toml":
                    (work / path).write_text(text)


def told_once() -> Iterator[Block]:
    """Those to be run: without any that only say again what pages before them said."""
    said: set[str] = set()
    for block in BLOCKS:
        lines = {line.partition("  #")[0].strip() for line in runnable(block).splitlines()} - said
        if lines and str(block) not in LIVE:
            said |= lines
            yield block


@pytest.mark.parametrize("block", list(told_once()), ids=str)
def test_it_runs(block: Block, world: Path, shell: Shell, tmp_path: Path) -> None:
    top = tmp_path / "world"
    shutil.copytree(world, top, symlinks=True)
    files(block, top / "work")
    script = runnable(block)
    assert not re.search(r"(?<![\w.:/$}])/\w", script), "a path of this machine: it needs a word in INSTEAD"
    done = shell(script, top)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def live(world: Path, tmp_path_factory: pytest.TempPathFactory, face_jpeg: bytes) -> Iterator["Live"]:
    """A gateway on a copy of the world, and two origins: one plain, one with TLS."""
    top = tmp_path_factory.mktemp("live") / "world"
    shutil.copytree(world, top, symlinks=True)
    authority = Authority(tmp_path_factory.mktemp("authority"))
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Hello</p>"
    face = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(face_jpeg), face_jpeg)
    with Origin() as plain, Origin(authority.server()) as secret:
        site = secret.route("/", page).rstrip("/")
        secret.route("/face.jpg", face)
        with Gateway(top / HOME, f'[egress]\ntrusted_ca = "{authority.pem}"\n', inspectors=1) as gateway:
            token = gateway.run("user", "token", "ada", "--scope", "jobs:write").stdout.split()
            yield Live(
                top,
                gateway,
                plain.route("/page", page).removesuffix("/page"),
                site,
                next(word for word in token if word.startswith("fgk_")),
            )


@dataclass
class Live:
    top: Path
    gateway: Gateway
    plain: str  # an origin's address, without a path
    secret: str  # likewise, with TLS
    token: str

    def script(self, *numbers: str) -> str:
        """The blocks of these names as one script, with the addresses that are the right ones here."""
        text = "".join(runnable(block) for block in BLOCKS if str(block) in numbers)
        for said, meant in {
            "http://127.0.0.1:8080": self.gateway.proxy,
            "http://127.0.0.1:8081": self.gateway.console.rstrip("/"),
            "https://example.org": self.secret,
            "http://news.example": self.plain,
        }.items():
            text = text.replace(said, meant)
        return text


@pytest.mark.parametrize("block", ["README.md:2", "docs/start.md:3"])
def test_the_quick_start_ends_in_a_page_and_a_withheld_face(live: Live, shell: Shell, block: str) -> None:
    script = live.script(block)
    page = shell(script, live.top)
    assert page.returncode == 0, page.stderr
    assert "facegate-verdict: clear" in page.stdout.lower()
    assert "<p>Hello</p>" in page.stdout
    face = shell(script.replace(f"{live.secret}/", f"{live.secret}/face.jpg"), live.top)
    assert face.returncode == 0, face.stderr
    assert '"status": 451' in face.stdout
    assert '"reason": "faces"' in face.stdout


def test_a_signed_request_is_its_jobs(live: Live, shell: Shell) -> None:
    key, request = live.script("docs/identity.md:1"), live.script("docs/identity.md:2")
    done = shell(key + request, live.top)
    assert (done.returncode, done.stdout) == (0, "<p>Hello</p>"), done.stderr
    assert '"reason": "bad-credentials"' in shell(f"{key}KEY=00\n{request}", live.top).stdout


def test_the_api_registers_a_job(live: Live, shell: Shell) -> None:
    done = shell(f"TOKEN={live.token}\n{live.script('docs/api.md:2')}", live.top)
    assert '"news-texts"' in done.stdout, done.stdout + done.stderr


def test_what_is_left_out_is_there_and_has_a_reason() -> None:
    text = "\n".join(block.text for block in BLOCKS)
    lines = [line.strip() for line in text.splitlines()]
    for beginning, why in NOT_HERE.items():
        assert why
        assert any(line.startswith(beginning) for line in lines), f"no page says {beginning!r} any more"
    for said in INSTEAD:
        assert said in text, f"no page says {said!r} any more"
    assert set(LIVE) <= {str(block) for block in BLOCKS}
