import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from facegate.cli import main
from facegate.commands.completion import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_it_prints_a_script(shell: str) -> None:
    said = CliRunner().invoke(main, ["completion", shell])
    assert (said.exit_code, said.stderr) == (0, "")
    assert f"_FACEGATE_COMPLETE={shell}_complete" in said.stdout


def test_bash_completes_verbs_options_and_values(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(CliRunner().invoke(main, ["completion", "bash"]).stdout)
    program = tmp_path / "facegate"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m facegate.cli "$@"\n')
    program.chmod(0o755)
    ask = """. "$1"
    complete_words() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _facegate_completion facegate
        echo "${COMPREPLY[@]}"
    }
    complete_words facegate quar
    complete_words facegate serve --wor
    complete_words facegate user add x --role re
    """
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, "-c", ask, "bash", str(script)], capture_output=True, text=True, check=True, timeout=120,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stdout.split() == ["quarantine", "--workers", "reviewer"], done.stderr
