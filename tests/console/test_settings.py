from pathlib import Path

import pytest
from facegate.config import load
from facegate.console.settings import sections, shown, versions
from facegate.errors import ConfigError

TOML = """
[listen]
port = 3128
mode = "upstream:http://user:secret@proxy.example:3128"
[policy]
mode = "observe"
[vault]
key = { env = "FACEGATE_KEY" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facegate.toml"
    path.write_text(TOML)
    return path


def test_each_setting_says_where_it_comes_from(file: Path, tmp_path: Path) -> None:
    overrides = {"home": str(tmp_path), "listen__workers": 2}
    found = sections(load(file, **overrides), overrides)
    listen = {it.name: (it.value, it.where) for it in found["listen"]}
    assert listen["port"] == ("3128", "file")
    assert listen["workers"] == ("2", "command line")
    assert listen["host"] == ("127.0.0.1", "default")
    assert [(it.name, it.value, it.where) for it in found[""]] == [("home", str(tmp_path), "command line")]
    assert {it.name: it.value for it in found["policy"]}["mode"] == "observe"
    assert {"limits", "jobs", "console", "accumulation"} <= set(found)


def test_no_secret_is_shown(file: Path) -> None:
    found = sections(load(file), {})
    text = repr(found)
    assert "secret" not in text
    assert "upstream:http://proxy.example:3128" in text
    assert "FACEGATE_KEY" in text


def test_values_read_well_and_have_an_end() -> None:
    assert [shown(it) for it in (None, True, False, "", [], {}, 0, [80, "1-2"])] == [
        "not set", "true", "false", "none", "none", "none", "0", "80, 1-2",
    ]  # fmt: skip
    assert len(shown("x" * 10_000)) < 400


def test_what_decisions_are_traced_to(file: Path) -> None:
    facts = versions(load(file))
    assert facts["policy"].endswith(":observe")
    assert facts["model"] == "centerface"
    assert facts["weights"].startswith("sha256 ")
    file.write_text('[detector]\nmodel = "other"\n')
    assert "cannot be used" in versions(load(file))["model"]


def test_a_file_that_went_away(file: Path) -> None:
    config = load(file)
    file.unlink()
    with pytest.raises(ConfigError, match=r"facegate\.toml: cannot be read"):
        sections(config, {})
