import dataclasses
import re
from pathlib import Path

from facegate.config import Config, load
from facegate.setup import configuration
from facegate.setup.answers import HERE, NETWORK, Answers

THERE = Answers(NETWORK, "10.0.0.2", 3128, "10.0.0.0/24", "acme", "redact", "7d")


def test_the_answers_are_in_force_and_the_rest_is_as_it_comes(tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text(configuration.text(THERE), encoding="utf-8")
    found = load(file)
    assert (found.listen.host, found.listen.port) == ("10.0.0.2", 3128)
    assert (found.policy.faces, found.vault.keep) == ("redact", "7d")
    assert found.identity_required
    assert not found.private_allowed
    file.write_text(configuration.text(dataclasses.replace(THERE, where=HERE, host="127.0.0.1", port=8080)))
    expected = load(policy__faces="redact", vault__keep="7d")
    assert dataclasses.replace(load(file), source=None) == expected


def test_what_is_commented_out_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    text = configuration.text(THERE)
    file.write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    chosen = {"listen__host": "10.0.0.2", "listen__port": 3128, "policy__faces": "redact", "vault__keep": "7d"}
    assert dataclasses.replace(load(file), source=None) == load(**chosen)


def test_no_section_and_no_setting_is_missing() -> None:
    text = configuration.text(THERE)
    for section in dataclasses.fields(Config):
        if section.name not in ("home", "source"):
            assert f"\n[{section.name}]\n" in text
            for setting in dataclasses.fields(getattr(Config(), section.name)):
                assert re.search(rf"^(# )?{setting.name}( = |: )", text, re.MULTILINE), setting.name
