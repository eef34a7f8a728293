"""The report as one HTML file: nothing in it is fetched, nothing runs, and all that strangers wrote is text."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from facegate.reports import charts
from facegate.reports.law import ASKED
from facegate.reports.outcomes import OUTCOMES

WITHHELD_SERIES = ("faces", "unreadable", "refused")
_TOLD_APART = ("at", "event", "job", "record", "sample", "user", "by", "role", "via", "note", "why", "reason")


def render(facts: Mapping[str, Any]) -> bytes:
    """The page of these facts, and of nothing else: the same facts, the same bytes."""
    rows = charts.filled(facts["traffic"]["over_time"], list(OUTCOMES))
    delivered = [name for name in OUTCOMES if name not in WITHHELD_SERIES]
    estimate = facts["miss_rate"]["estimate"]
    interval = estimate["miss_rate_interval"] if estimate else None
    style = _environment().get_template("report.css").render()
    page = (
        _environment()
        .get_template("report.html")
        .render(
            facts=facts,
            outcomes=OUTCOMES,
            delivered=charts.stacked(rows, delivered),
            delivered_series=delivered,
            withheld=charts.stacked(rows, WITHHELD_SERIES),
            withheld_series=WITHHELD_SERIES,
            whisker=charts.whisker(interval["low"], estimate["miss_rate"] or 0.0, interval["high"])
            if interval
            else None,
            law=ASKED,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )
    return page.encode("utf-8", "backslashreplace")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("facegate.reports"),
        autoescape=True,  # jobs, hosts, reasons and notes come from strangers
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_text,
    )
    environment.filters |= {
        "n": _number,
        "share": _share,
        "when": _when,
        "more": _more,
        "of": _of,
        "spelled": _spelled,
        "who": _who,
        "why": _why,
    }
    return environment


def _text(value: object) -> object:
    """Controls and marks of direction, with which a text could show another one, are spelled out."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else _plain(value)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def _number(value: int | None) -> str:
    return "none" if value is None else f"{value:,}"


def _share(value: float | None) -> Markup:
    """With the figure of the bundle beside what a reader reads."""
    if value is None:
        return Markup("not known")
    return Markup('<data value="{}">{}</data>').format(json.dumps(value), f"{value:.3%}")


def _when(text: str | None) -> str:
    """To the second, in UTC."""
    if not text:
        return ""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return text


def _who(entry: Mapping[str, Any]) -> str:
    name = str(entry.get("user") or entry.get("by") or "")
    more = ", ".join(str(entry[key]) for key in ("role", "via") if entry.get(key))
    return f"{name} ({more})" if more else name


def _of(entry: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {entry[key]}" for key in ("job", "record", "sample") if entry.get(key))


def _why(entry: Mapping[str, Any]) -> str:
    return str(entry.get("note") or entry.get("why") or entry.get("reason") or "")


def _more(entry: Mapping[str, Any]) -> str:
    told = {name: value for name, value in entry.items() if name not in _TOLD_APART and value not in ("", None, [], {})}
    return "; ".join(f"{name} {_spelled(value)}" for name, value in sorted(told.items()))


def _spelled(value: object) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_spelled(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_spelled(each) for each in value)
    return json.dumps(value)
