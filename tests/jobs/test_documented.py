"""docs/jobs.md says what the reader says."""

import copy
import re
import tomllib
from pathlib import Path

import pytest
from facegate.jobs import conditions, reader, scopes
from facegate.jobs.reader import described_from
from facegate.jobs.rules import Rules

from tests.jobs.conftest import NOW

PAGE = (Path(__file__).parents[2] / "docs" / "jobs.md").read_text()
JOBS = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
GOOD = tomllib.loads(
    'id = "missing-person-4711"\noperator = "acme"\npurpose = "find"\n[scope]\nkind = "individual"\n'
    'subjects = ["case-4711"]\nhosts = ["news.example"]\nlegal_basis = "law"\nreference = "order"\n'
    "expires = 2026-12-31T00:00:00Z\nmax_releases = 500\n"
)
WRITTEN = re.findall(r"^\| `([a-z_.0-9]+ = .*)` \| (.+) \|$", PAGE, re.MULTILINE)
LEFT_AWAY = re.findall(r"^\| `([a-z_.]+)` \| (\S+ is missing.+) \|$", PAGE, re.MULTILINE)


def test_the_examples_are_jobs():
    *good, _ = JOBS
    assert len(good) == 2
    for raw in good:
        described_from(raw, "docs/jobs.md", Rules(conditions_required="conditions" in raw), NOW)


def test_the_prohibited_one_is_refused_as_it_says(wrong):
    (line,) = wrong(JOBS[-1])
    assert line in PAGE


@pytest.mark.parametrize(("written", "said"), WRITTEN)
def test_what_is_written_and_what_is_said(written, said, wrong):
    field, _, value = written.partition(" = ")
    raw = table = copy.deepcopy(GOOD)
    *path, key = field.split(".")
    for name in path:
        table = table.setdefault(name, {})
    table[key] = tomllib.loads(f"x = {value}")["x"]
    assert " · ".join(wrong(raw)) == said


@pytest.mark.parametrize(("field", "said"), LEFT_AWAY)
def test_what_is_left_away(field, said, changed, wrong):
    assert wrong(changed(field, ..., GOOD)) == [said]


def test_the_tables_were_found():
    assert len(WRITTEN) > 50
    assert len(LEFT_AWAY) == 11


def test_every_key_is_documented_and_no_other():
    documented = re.findall(r"^\| `([a-z_0-9.]+)` \| (?:always|targeted|) ?\|", PAGE, re.MULTILINE)
    keys = [key for key in reader.KEYS if key not in ("scope", "conditions")]
    keys += [f"scope.{key}" for key in scopes.KEYS] + [f"conditions.{key}" for key in conditions.KEYS]
    assert sorted(documented) == sorted(keys)
