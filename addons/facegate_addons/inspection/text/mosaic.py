"""Text that draws a picture in small coloured pieces: SVG shapes, table cells, shadows, gradients, blocks.

Only a renderer sees what they show, so text with so many of them cannot be called clear. A face takes 400 cells and a
dozen shades. What stays open: a face drawn with fewer and larger shapes, as an artist draws, and art of plain letters.
"""

import re
from collections import Counter

import numpy as np

from facegate_addons.inspection.text import shares

CELLS = 400
SHADES = 12
_MANY = 2_000  # cells, whatever tells their colours
_STEPS = 8_000  # squares in paths: the largest QR code in use has fewer dark runs
_LIST = 12_000  # characters of one declaration: a theme's longest list of shadows has 800

_NAMES = (b"rect", b"circle", b"ellipse", b"poly", b"line ", b"use", b"path", b"stop", b"feFlood", b"tspan")
_TAG = re.compile(b"<(" + b"|".join(_NAMES) + b")")
_OPENS, _OPENS_SECOND = (np.isin(np.arange(256), [name[at] for name in _NAMES]) for at in range(2))
_SHAPES = (b"rect", b"circle", b"ellipse", b"poly")
_STYLED = (b"bgcolor", b'style="background', b"style='background", b"\xe2\x96")
# a colour's value and what it is the value of; beginning with the value's sign is four times as fast
_COLOUR = re.compile(rb"[=:]\s*[\"']?\s*(#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([^)]{1,40}\)|0?\.\d+)", re.IGNORECASE)
_COLOURED = re.compile(rb"(?:fill|stroke|bgcolor|background|color|opacity|\A)\s*\Z", re.IGNORECASE)
_NAME = 64  # bytes before a value in which its name stands; of white space alone it is taken for one
_SHORT_PATH = re.compile(rb"<path[^>]{0,200}?\bd=[\"'][^\"']{5,48}[\"']")
_SQUARE = re.compile(rb"h-?[\d.]+v-?[\d.]+h", re.IGNORECASE)
_LONG = re.compile(rb"(?:box-shadow|text-shadow|background|background-image)\s*:[^;}\"'<]{12000,}")
_NUMBER = re.compile(rb"\d+")
_GRADIENT = re.compile(rb"gradient\(((?:[^()]|\([^()]{0,100}\))*+)\)")
_NESTED = re.compile(rb"\([^()]*\)")
_TABLE = re.compile(rb"tableValues\s*=\s*[\"']([^\"']*)")
_STEPS_OF_A_FILTER = 32  # values of a table that gives each level another colour; a duotone has two to sixteen


def mosaic(data: bytes) -> bool:
    graded = shares.has(data, b"gradient(")
    if _listed(data, graded=graded) or (graded and _graded(data)) or _recoloured(data):
        return True
    if shares.has(data, b"<path") and _squares(data):
        return True
    if shares.count(data, ord("<")) < CELLS:
        return False
    tags = _tags(data)
    if max(tags[shape] for shape in _SHAPES) > _MANY:
        return True
    cells = max(tags.total() - tags[b"path"], *(shares.times(data, word, CELLS) for word in _STYLED))
    if cells < CELLS <= tags[b"path"]:
        cells = sum(1 for _ in _SHORT_PATH.finditer(data))
    return cells >= CELLS and _shades(data) >= SHADES


def _tags(data: bytes) -> Counter[bytes]:
    """How often each of _TAG stands there."""
    letters = shares.characters(data + bytes(2))
    places = shares.where(data, ord("<")) + 1
    places = places[_OPENS[letters[places]]]
    places = places[_OPENS_SECOND[letters[places + 1]]]
    if len(places) < CELLS:  # which decides nothing: no shape is one of many
        return Counter()
    return Counter(_TAG.findall(data))


def _listed(data: bytes, *, graded: bool) -> bool:
    """One declaration with a shadow or a gradient for every cell."""
    if len(data) < _LIST or not (graded or shares.has(data, b"-shadow")):
        return False
    return any(
        len(_NUMBER.findall(match[0])) >= CELLS
        for piece in shares.without(data, b";}\"'<", _LIST)
        if shares.has(piece, b"-shadow") or shares.has(piece, b"background")
        for match in _LONG.finditer(piece)
    )


def _graded(data: bytes) -> bool:
    """Gradients with as many stops as a picture has cells; style sheets have some fifty."""
    stops = (_NESTED.sub(b"", match[1]).count(b",") for match in _GRADIENT.finditer(data))
    return sum(stops) >= CELLS


def _recoloured(data: bytes) -> bool:
    """A filter that gives each level of a picture another one."""
    if not shares.has(data, b"tableValues"):
        return False
    return any(len(_NUMBER.findall(match[1])) > 2 * _STEPS_OF_A_FILTER for match in _TABLE.finditer(data))


def _squares(data: bytes) -> bool:
    """Paths of nothing but little squares."""
    if shares.follows(data, b"H", b"-", b"9") <= _STEPS:
        return False
    return sum(1 for _ in _SQUARE.finditer(data)) > _STEPS


def _shades(data: bytes) -> int:
    """Different colours, up to as many as matter."""
    found = set()
    for match in _COLOUR.finditer(data):
        colour = match[1].lower()
        if colour in found or not _COLOURED.search(data[max(0, match.start() - _NAME) : match.start()]):
            continue
        found.add(colour)
        if len(found) >= SHADES:
            break
    return len(found)
