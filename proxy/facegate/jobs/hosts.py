"""The hosts a scope may name: one host, or everything below one registrable domain. Pure."""

import re

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

# Second-level labels under which country registries sell names (co.uk, com.au, or.jp ...), and hosters under
# whose names strangers publish. This is a small rule, not the Public Suffix List, which changes weekly and would
# have to be fetched: a suffix that is missing here is left to the approver, who sees the pattern.
_REGISTRY_LABELS = frozenset(
    (
        *("ac", "co", "com", "edu", "gen", "go", "gob", "gouv", "gov", "govt", "id", "info", "ltd", "me", "mil"),
        *("ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "police", "sch", "school"),
    )
)
_HOSTERS = frozenset(
    (
        *("amazonaws.com", "appspot.com", "azurewebsites.net", "blogspot.com", "cloudfront.net", "fastly.net"),
        *("firebaseapp.com", "github.io", "gitlab.io", "herokuapp.com", "medium.com", "myshopify.com"),
        *("netlify.app", "pages.dev", "substack.com", "tumblr.com", "vercel.app", "weebly.com", "web.app"),
        *("wixsite.com", "wordpress.com", "workers.dev"),
    )
)


def host_pattern(text: str) -> str:
    """The pattern in the form `scope.host_matches` takes. Raises ValueError that says what to write instead."""
    pattern = text.strip().lower().rstrip(".")
    wild = pattern.startswith("*.")
    name = pattern[2:] if wild else pattern
    if name in ("", "*") or "*" in name:
        raise ValueError(f'{text!r} names no host; write one like "news.example", or "*.news.example" for all below it')
    if "://" in name or "/" in name or (":" in name.strip("[]").partition("]")[0] and not _is_ipv6(name)):
        raise ValueError(f"{text!r} is no host name; leave scheme, port and path away")
    if _is_ipv6(name) and not wild:
        return name.strip("[]")
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(name) > 253:
        raise ValueError(f'{text!r} is no host name; write it in ASCII (xn--...), like "news.example"')
    if wild and _is_suffix(labels):
        raise ValueError(f"{text!r} is open to everybody who registers a name there; name the hosts below it")
    return pattern


def _is_suffix(labels: list[str]) -> bool:
    if len(labels) == 1 or labels[-1].isdigit():
        return True
    if len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _REGISTRY_LABELS:
        return True
    return ".".join(labels[-2:]) in _HOSTERS and len(labels) == 2


def _is_ipv6(name: str) -> bool:
    return name.count(":") >= 2 and re.fullmatch(r"\[?[0-9a-f:.]+\]?", name) is not None
