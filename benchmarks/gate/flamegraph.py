"""A flame graph as SVG, from collapsed stacks: `a;b;c 12` a line, the outermost frame first.

Width is the share of samples, colour the owner of the code. Roots are on top; no scripts, so that it shows anywhere.
"""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

WIDTH, ROW, MARGIN, HEAD = 1200, 17, 8, 52
LETTER = 6.3  # pixels of a character, about
THINNEST = 0.5  # pixels; what is narrower is left out
REST = "Python and others"
OWNERS = {  # in the frame's file: whose it is, and its colour (Okabe and Ito's, lightened)
    "facegate": ("facegate", "#f0a58b"),
    "mitmproxy": ("mitmproxy", "#9ecae9"),
    "h11/": ("h11, h2", "#c5b0d5"),
    "h2/": ("h11, h2", "#c5b0d5"),
    "": (REST, "#d9d9d9"),
}
type Stacks = Mapping[tuple[str, ...], int]


@dataclass(slots=True)
class _Frame:
    count: int = 0
    below: dict[str, "_Frame"] = field(default_factory=dict)


def parse(text: str) -> Counter[tuple[str, ...]]:
    stacks: Counter[tuple[str, ...]] = Counter()
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        stacks[tuple(stack.split(";"))] += int(count)
    return stacks


def owner(frame: str) -> tuple[str, str]:
    """Name and colour. A frame is `function (file:line)`."""
    file = frame.rpartition(" (")[2]
    return next(OWNERS[start] for start in OWNERS if file.startswith(start))


def shares(stacks: Stacks) -> dict[str, float]:
    """Of the samples, by whose code was running in them, with what it called of Python; the largest first."""
    total, found = sum(stacks.values()) or 1, Counter[str]()
    for stack, count in stacks.items():
        owners = [owner(frame)[0] for frame in reversed(stack)]
        found[next((name for name in owners if name != REST), REST)] += count
    return {name: count / total for name, count in found.most_common()}


def leaves(stacks: Stacks, most: int) -> list[tuple[str, float]]:
    """The functions in which most time was spent, without what they called."""
    total, found = sum(stacks.values()) or 1, Counter[str]()
    for stack, count in stacks.items():
        found[stack[-1]] += count
    return [(name, count / total) for name, count in found.most_common(most)]


def draw(stacks: Stacks, title: str) -> str:
    root, depth = _Frame(), 0
    for stack, count in stacks.items():
        root.count += count
        frame = root
        for name in stack:
            frame = frame.below.setdefault(name, _Frame())
            frame.count += count
    scale = (WIDTH - 2 * MARGIN) / max(1, root.count)
    boxes = []
    for level, start, name, frame in _visible(root, THINNEST / scale):
        depth = max(depth, level + 1)
        boxes.append(_box(MARGIN + start * scale, HEAD + level * ROW, frame.count * scale, name, frame, root.count))
    height = HEAD + depth * ROW + MARGIN
    size = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="11"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{MARGIN}" y="20" font-size="15">{html.escape(title)}</text>',
        *_legend(shares(stacks)), *boxes, "</svg>\n",
    ])  # fmt: skip


def _visible(root: _Frame, least: float) -> Iterator[tuple[int, int, str, _Frame]]:
    """Level, first sample, name and frame of each that is wide enough."""
    waiting: list[tuple[int, int, Sequence[tuple[str, _Frame]]]] = [(0, 0, sorted(root.below.items()))]
    while waiting:
        level, start, frames = waiting.pop()
        for name, frame in frames:
            if frame.count >= least:
                yield level, start, name, frame
                waiting.append((level + 1, start, sorted(frame.below.items())))
            start += frame.count


def _box(x: float, y: int, width: float, name: str, frame: _Frame, total: int) -> str:
    room = int((width - 4) / LETTER)
    text = name if len(name) <= room else name[: max(0, room - 1)] + "…"
    said = f'<text x="{x + 2:.1f}" y="{y + 12}">{html.escape(text)}</text>' if room >= 3 else ""
    title = f"<title>{html.escape(name)}: {frame.count / total:.1%}</title>"
    fill = owner(name)[1]
    return (
        f'<g>{title}<rect x="{x:.1f}" y="{y}" width="{max(0.3, width - 0.5):.1f}" height="{ROW - 1}" rx="1" '
        f'fill="{fill}"/>{said}</g>'
    )


def _legend(found: Mapping[str, float]) -> Iterator[str]:
    x = float(MARGIN)
    for name, colour in dict(OWNERS.values()).items():
        text = f"{name}: {found.get(name, 0.0):.0%} of the time"
        yield f'<rect x="{x:.0f}" y="30" width="11" height="11" fill="{colour}"/>'
        yield f'<text x="{x + 16:.0f}" y="40">{text}</text>'
        x += 30 + len(text) * LETTER
