"""axe-core, run in a page as somebody sees it: bright and dark, on a phone, in the system's own colours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
GRAVE = ("serious", "critical")

COLOURS = ("color-contrast", "link-in-text-block")  # what another scheme on the same layout can change
# what a narrow layout can: the size of things, what is hidden, what scrolls
LAYOUT = ("target-size", "scrollable-region-focusable", "aria-hidden-focus", "link-name", "button-name", "region")

_RUN = """([type, values, without]) => axe.run(document, {
  runOnly: {type, values}, rules: Object.fromEntries(without.map(rule => [rule, {enabled: false}])),
  resultTypes: ["violations"], preload: false, elementRef: false,
}).then(results => results.violations)"""

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10: a page of 1280 pixels at 400 %


@dataclass(frozen=True)
class Look:
    name: str
    viewport: dict[str, int] = field(default_factory=lambda: DESKTOP)
    scheme: str = "light"
    forced: str = "none"
    rules: tuple[str, ...] = ()  # none: all of TAGS
    without: tuple[str, ...] = ()


LOOKS = (
    Look("light"),
    Look("dark", scheme="dark", rules=COLOURS),
    Look("forced colours", scheme="dark", forced="active", rules=COLOURS),
    Look("phone", PHONE, rules=LAYOUT),
)
UNCOLOURED = (Look("light", without=COLOURS),)  # for pages whose colours were looked at


@dataclass(frozen=True)
class Fault:
    look: str
    rule: str
    impact: str
    where: str
    help: str

    @property
    def grave(self) -> bool:
        return self.impact in GRAVE

    def __str__(self) -> str:
        return f"{self.impact}: {self.rule} ({self.look}) at {self.where}: {self.help}"


def looks(page: Page, among: Iterable[Look] = LOOKS) -> Iterator[Look]:
    """The page in each look in turn; as it was afterwards."""
    for look in among:
        page.set_viewport_size(look.viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=look.scheme, forced_colors=look.forced, reduced_motion="reduce")  # type: ignore[arg-type]
        yield look
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="no-preference")


def faults(page: Page, look: Look = LOOKS[0]) -> list[Fault]:
    """What axe finds on the page as it is now."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SCRIPT)  # by the debugger: the page's own policy would refuse a script of ours
    violations: list[dict[str, Any]] = page.evaluate(
        _RUN, ["rule", look.rules, ()] if look.rules else ["tag", TAGS, look.without]
    )
    return [
        Fault(look.name, each["id"], each["impact"] or "minor", " ".join(map(str, node["target"])), each["help"])
        for each in violations
        for node in each["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways; a table may, inside a region of its own."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
          const root = document.scrollingElement, width = root.clientWidth;
          if (root.scrollWidth <= width) return [];
          const scrolls = element => {
            for (let up = element.parentElement; up && up !== root; up = up.parentElement)
              if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return true;
            return false;
          };
          return [...document.querySelectorAll("body *")]
            .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element))
            .map(element => `${element.tagName.toLowerCase()}.${element.className}`).slice(0, 5);
        }"""
    )
