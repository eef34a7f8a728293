"""The hosts a scope may name: one host, or everything below a name that one owner holds.

Who holds what is read from the Public Suffix List as its package carries it; nothing is fetched. Both of its sections
count: strangers register below co.uk, and below github.io, too.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import publicsuffixlist
from facegate_addons.domain.hostnames import normal_host

from facegate.jobs.fields import shown

_EXAMPLE = '"news.example", or "*.news.example" for all below it'


def host_pattern(text: str) -> str:
    """The pattern in the form that scopes match. Raises ValueError that says what to write instead."""
    said = shown(text)
    wild = text.startswith("*.")
    name = text[2:] if wild else text
    if name.strip(".") in ("", "*"):
        raise ValueError(f"has {said}, which is every host: a targeted job names those it looks at, like {_EXAMPLE}")
    if "*" in name:
        raise ValueError(f'has {said}; a "*" stands for whole names, at the beginning only, like {_EXAMPLE}')
    _refuse_more_than_a_host(name, said)
    if address := _address(name):
        if wild:
            raise ValueError(f"has {said}, but nothing is below an address; write the addresses one by one")
        return address
    host = normal_host(name)
    if host is None or ":" in host or _ends_in_number(host):
        raise ValueError(f"has {said}, which is no host name; write one like {_EXAMPLE}")
    if not name.isascii() and host != (other := _of_today(name)):
        raise ValueError(f"has {said}, which is {host} to some programs and {other} to others; write the one you mean")
    if wild:
        _refuse_open(host, said)
    return f"*.{host}" if wild else host


def _refuse_more_than_a_host(name: str, said: str) -> None:
    if "://" in name:
        raise ValueError(f'has {said}, which is a URL; write its host alone, like "news.example"')
    if "@" in name:
        raise ValueError(f'has {said}; leave the user before the "@" away')
    if "/" in name or "?" in name:
        raise ValueError(f'has {said}; write the host alone, and its path as paths = ["/news/"]')
    if re.fullmatch(r"(\[.*\]|[^:]*):\d*", name):
        raise ValueError(f"has {said}; write the host alone, and its port as ports = [443]")


def _address(name: str) -> str:
    """The usual spelling of an address; "" for what is none. One with a zone means something on one machine only."""
    bracketed = name.startswith("[") and name.endswith("]")
    try:
        return "" if "%" in name else ipaddress.ip_address(name[1:-1] if bracketed else name).compressed
    except ValueError:
        return ""


def _ends_in_number(host: str) -> bool:
    """Programs take such a name for an IPv4 address in an odd spelling (WHATWG URL, 3.5)."""
    return re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]) is not None


def _of_today(name: str) -> str:
    """The name as IDNA 2008 writes it where it differs from 2003 by more than its tables: ß, final sigma, joiners."""
    labels = re.split("[.\u3002\uff0e\uff61]", name.lower())
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" if _differs(label) else _as_2003(label)
        for label in labels
        if label
    )


def _differs(label: str) -> bool:
    return any(character in label for character in "ßς\u200c\u200d")


def _as_2003(label: str) -> str:
    return label.encode("idna").decode().lower()


def _refuse_open(host: str, said: str) -> None:
    if _suffixes().is_public(host):
        raise ValueError(
            f"has {said}, below which anybody can have a name: a targeted job names whose hosts it looks at, "
            f'like "*.news.{host}"'
        )
    if suffix := _above().get(host):
        raise ValueError(
            f"has {said}, and anybody can have a name below {suffix}, which is among them; write the names one by one"
        )


@cache
def _suffixes() -> publicsuffixlist.PublicSuffixList:
    """Reading it takes 60 ms."""
    return publicsuffixlist.PublicSuffixList()


@cache
def _above() -> dict[str, str]:
    """Names that are no public suffixes but have some below them, like amazonaws.com; with one of those."""
    return {above: suffix for suffix in _rules() for above in _ancestors(suffix)}  # `*.ck` is refused as a suffix


def _rules() -> Iterator[str]:
    for line in Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if rule and not rule.startswith(("//", "!")):  # "!" are exceptions: no suffixes
            name = rule.removeprefix("*.")
            yield name if name.isascii() else name.encode("idna").decode()


def _ancestors(suffix: str) -> Iterator[str]:
    _, dot, rest = suffix.partition(".")
    while dot:
        yield rest
        _, dot, rest = rest.partition(".")
