"""Each source module has a test file of its name."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# package -> the folder under tests that mirrors it
MIRRORED = {
    ROOT / "addons" / "facegate_addons": Path(),
    ROOT / "proxy" / "facegate": Path(),
    ROOT / "crawlers" / "scrapy_facegate": Path("crawlers"),
}
# What has none, and why.
EXCEPTIONS = {
    "errors.py": "empty classes; each has its tests where it is raised",
    "api/service.py": "a record of what the endpoints work on, used by all their tests",
    "domain/authority.py": "a name; tests/test_ca.py and tests/wire/test_install.py hold both sides to it",
    "serve/banner.py": "a sentence, asked for where it is said",
    "domain/ports.py": "protocols: mypy holds the adapters to them",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Each module's path inside its package, and the test file it asks for."""
    for package, folder in MIRRORED.items():
        for source in sorted(package.rglob("*.py")):
            if source.name not in ("__init__.py", "__main__.py"):
                inside = source.relative_to(package)
                yield inside.as_posix(), folder / inside.parent / f"test_{inside.name}"


def test_every_module_has_its_test_file() -> None:
    missing = [
        f"{module} needs tests/{test}"
        for module, test in modules()
        if module not in EXCEPTIONS and not (ROOT / "tests" / test).exists()
    ]
    assert not missing


def test_exceptions_are_needed_and_say_why() -> None:
    tests = dict(modules())
    for module, why in EXCEPTIONS.items():
        assert why, module
        assert module in tests, f"{module} is gone"
        assert not (ROOT / "tests" / tests[module]).exists(), f"{module} has its test file now"
