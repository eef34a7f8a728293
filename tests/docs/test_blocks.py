import pytest
from docs.blocks import Block

from docs import blocks


def test_every_page_is_read_and_has_its_blocks() -> None:
    found = [str(block) for page in blocks.PAGES for block in blocks.blocks(page)]
    assert len(found) == len(set(found))
    assert {"README.md:1", "docs/guides/platform.md:1", "crawlers/README.md:1"} <= set(found)


def test_of_a_transcript_the_commands_count(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ facegate vault move\nMoved 3.\n```\n- x\n\n  ```sh\n  true\n  ```\n```toml\na = 1\n```\n"
    )
    assert blocks.blocks(page) == [Block("page.md", 1, "facegate vault move\n"), Block("page.md", 2, "true\n")]
    assert blocks.toml(page) == ["a = 1\n"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("facegate ledger tail -n 5  # the last", [["ledger", "tail", "-n", "5"]]),
        ('KEY=$(facegate job signing-key "$JOB")', [["job", "signing-key", "$JOB"]]),
        ("cd x && facegate ca export > a && facegate user list | cat", [["ca", "export"], ["user", "list"]]),
        ("A=1 facegate scan \\\n  a.jpg", [["scan", "a.jpg"]]),
        ('alias facegate="x"; echo facegate', []),
    ],
)
def test_calls_are_found_in_lines(line: str, expected: list[list[str]]) -> None:
    assert list(blocks.commands(line)) == expected
