"""tools/newest-mitmproxy lifts the pin, and only that, and runs what stands on mitmproxy's insides with the wheel."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = '#!/bin/sh\necho "python $*"\n'
UV = f"""#!/bin/sh
echo "uv $*"
case $1 in
venv) mkdir -p "$5/bin"; printf '{PYTHON.replace(chr(10), "\\n")}' > "$5/bin/python"; chmod +x "$5/bin/python" ;;
pip) while [ "$1" != --override ]; do shift; done; echo "override $(cat "$2")" ;;
esac
"""


@pytest.mark.parametrize(
    ("arguments", "wanted"), [((), "mitmproxy"), (("12.3.*", "-x"), "mitmproxy==12.3.*"), (("", "-x"), "mitmproxy")]
)
def test_the_wheel_is_tested_with_that_release(tmp_path: Path, arguments: tuple[str, ...], wanted: str) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/newest-mitmproxy", tmp_path / "tools")
    (tmp_path / "tools/uv").write_text(UV, encoding="utf-8")
    (tmp_path / "tools/uv").chmod(0o755)
    said = subprocess.run(
        [tmp_path / "tools/newest-mitmproxy", *arguments], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert f"override {wanted}\n" in said
    assert " --group pyproject.toml:dev " in said
    (tests,) = (line for line in said.splitlines() if "-m pytest" in line)
    named = [word for word in tests.split() if word.startswith("tests/")]
    assert all(list(ROOT.glob(name)) for name in named)
    assert {"tests/wire", "tests/hooks", "tests/evasion"} <= set(named)
    assert tests.endswith(" -x") == ("-x" in arguments)


def test_it_ends_as_its_tests_do(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/newest-mitmproxy", tmp_path / "tools")
    (tmp_path / "tools/uv").write_text(UV.replace('"python $*"\\n', '"python $*"\\nexit 3\\n'), encoding="utf-8")
    (tmp_path / "tools/uv").chmod(0o755)
    done = subprocess.run([tmp_path / "tools/newest-mitmproxy"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
