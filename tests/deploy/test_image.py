"""The Dockerfile, held to the project that it packs. No container engine needed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
from deploy.shipped import DOCKERFILE, ROOT, arguments, instructions, unpinned
from facegate.sections import Console, Listen


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_copied_path_exists_and_reaches_the_build() -> None:
    sources = [source for copy in instructions("COPY") if "--from" not in copy for source in shlex.split(copy)[:-1]]
    assert sources
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_nothing_is_fetched_but_what_is_pinned() -> None:
    assert not instructions("ADD")
    assert not re.search(r"\b(curl|wget|apt-get)\b", DOCKERFILE)
    bases = [image.split()[0] for image in instructions("FROM")]
    assert bases
    assert not any(map(unpinned, bases))
    assert all("--locked" in run for run in instructions("RUN") if "uv sync" in run)


def test_the_command_line_is_one_that_facegate_accepts() -> None:
    from facegate.commands.serve import serve

    verb, *rest = arguments()
    assert verb == "serve"
    context = serve.make_context("serve", rest, resilient_parsing=False)
    assert isinstance(context, click.Context)
    assert str(context.params["home"]) == instructions("VOLUME")[-1]


def test_ports_are_the_defaults() -> None:
    ports = {str(Listen().port), str(Console().port)}
    assert set(instructions("EXPOSE")[-1].split()) == ports
    given = arguments()
    assert given[given.index("--listen") + 1] == f"0.0.0.0:{Listen().port}"
    assert given[given.index("--console") + 1] == f"0.0.0.0:{Console().port}"


def test_it_says_how_it_is() -> None:
    (check,) = instructions("HEALTHCHECK")
    assert f"http://127.0.0.1:{Console().port}/healthz" in check


def test_the_image_runs_as_nobody_in_particular() -> None:
    (user,) = instructions("USER")  # by number, so that an orchestrator sees that it is not root
    assert user == "10001:10001"
    (made,) = [run for run in instructions("RUN") if "useradd" in run]
    assert re.search(r"--gid 10001 facegate\b", made)
    assert re.search(r"--uid 10001\b", made)


def test_one_uv_everywhere() -> None:
    ours = re.search(r"^ours=(\S+)", (ROOT / "tools/uv").read_text(encoding="utf-8"), re.MULTILINE)
    assert ours
    assert f"uv=={ours[1]}" in DOCKERFILE


def test_one_python_everywhere() -> None:
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    (base,) = {image.split()[0].partition("@")[0] for image in instructions("FROM")}
    assert re.fullmatch(rf"python:{re.escape(version)}\.\d+-slim", base)


def test_shell_scripts_are_fit_for_any_shell() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    names = ("uv", "provision", "audit", "newest-mitmproxy", "oldest-scrapy")
    scripts = [*(ROOT / "tools" / name for name in names), ROOT / ".ci" / "run", ROOT / ".ci" / "audit"]
    done = subprocess.run([program, *scripts], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
