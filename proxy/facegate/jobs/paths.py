"""The paths a scope may name, in the form that requests' paths are compared in."""

from urllib.parse import quote

from facegate_addons.domain.paths import normal_path

from facegate.jobs.fields import shown

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def path_pattern(text: str) -> str:
    """Raises ValueError that says what to write instead."""
    said = shown(text)
    if not text.startswith("/"):
        raise ValueError(f'has {said}; a path begins with "/", like "/news/" for all below it, or "/news/*.html"')
    if "?" in text or "#" in text:
        raise ValueError(f'has {said}; a path ends before "?" and "#", and what follows them is not looked at')
    path = normal_path(quote(text, safe=_PRINTABLE))
    if path is None:
        raise ValueError(
            f'has {said}; write it as servers know it, without "." and ".." as segments, encoded slashes, backslashes '
            "and double escapes"
        )
    return path
