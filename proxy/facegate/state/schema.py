"""The tables of the embedded state, as migrations that only ever go forward: migrations/NUMBER-NAME.sql."""

from importlib import resources

APPLICATION_ID = 0x46474154  # "FGAT": tells our file from anybody else's SQLite file

# One entry a version. A file that was released is never edited; a change is a new one, with the next number.
MIGRATIONS: tuple[str, ...] = tuple(
    file.read_text("utf-8")
    for file in sorted(resources.files(__package__).joinpath("migrations").iterdir(), key=lambda file: file.name)
    if file.name.endswith(".sql")
)

VERSION = len(MIGRATIONS)
