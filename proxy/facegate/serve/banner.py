"""What is said, loudly, while nothing is withheld."""

from typing import Final

BANNER: Final = (
    "OBSERVE MODE: NOTHING IS WITHHELD. Faces, and what could not be looked at, pass as the origin sent them. "
    '`facegate report --observed` says what would have been withheld; [policy] mode = "enforce" withholds it.'
)
