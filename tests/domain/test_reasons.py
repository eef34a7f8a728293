from pathlib import Path

from facegate_addons.domain.reasons import Reason

PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


def test_every_reason_is_explained_and_no_other():
    rows = [line.split("|")[1].strip().strip("`") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(Reason)
