"""The files under folders, in an order that is always the same."""

from collections.abc import Iterable, Iterator
from pathlib import Path


def walked(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Every file under `paths`, folders in sorted order; links to folders are not followed, so the walk ends.

    A folder that cannot be opened comes out itself: what nobody listed was not found clear.
    """
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        closed: list[OSError] = []
        for folder, folders, files in path.walk(on_error=closed.append):
            folders.sort()
            for file in sorted(files):
                yield folder / file
        yield from (Path(error.filename) for error in closed)
