import re
from datetime import UTC, datetime
from pathlib import Path

from facegate.config import load
from facegate.jobs.file import read_job
from facegate.setup import job
from facegate.setup.answers import HERE, Answers

NOW = datetime(2026, 11, 27, tzinfo=UTC)
HERE_IS = Answers(HERE, "127.0.0.1", 8080, "", 'ac"me', "quarantine", "30d")


def test_it_can_be_registered_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "job.toml"
    file.write_text(job.text(HERE_IS, str(file), "127.0.0.1:8080", NOW), encoding="utf-8")
    found = read_job(file, load().job_rules, NOW)
    assert (found.id, found.operator, str(found.scope.kind)) == (job.ID, 'ac"me', "untargeted")


def test_so_can_what_is_commented_out(tmp_path: Path) -> None:
    file = tmp_path / "job.toml"
    text = job.text(HERE_IS, str(file), "127.0.0.1:8080", NOW)
    head, _, targeted = text.partition('[scope]\nkind = "untargeted"\n')
    commented = targeted[targeted.index("# [scope]") :]
    file.write_text(head + re.sub(r"^# ", "", commented, flags=re.MULTILINE), encoding="utf-8")
    found = read_job(file, load().job_rules, NOW)
    assert str(found.scope.kind) == "individual"
    assert found.scope.expires == datetime(2026, 12, 27, tzinfo=UTC)
