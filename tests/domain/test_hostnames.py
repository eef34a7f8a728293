import pytest
from facegate_addons.domain.hostnames import host_matches, host_set, normal_host
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("news.example", "news.example", True),
        ("news.example", "NEWS.example.", True),
        ("news.example", "x.news.example", False),
        ("news.example", "evilnews.example", False),
        ("news.example", "news.example.evil.test", False),
        ("news.example", "news.example..", False),
        ("*.example.org", "a.example.org", True),
        ("*.example.org", "A.B.Example.ORG.", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("*.example.org", ".example.org", False),
        ("*.example.org", "a..example.org", False),
        ("*.example.org", "*.example.org", False),
        ("*.example.org", "a.example.org:443", False),
        ("*.example.org", "user@a.example.org", False),
        ("*.example.org", "evil.test/.example.org", False),
        ("*.example.org", "evil.test#.example.org", False),
        ("*.example.org", "evil.test\\.example.org", False),
        ("*.example.org", "evil.test\n.example.org", False),
        ("*.example.org", "a.example.org\n", False),
        ("*.example.org", "evil.test\x00.example.org", False),
        ("*.example.org", "evil.test%00.example.org", False),
        ("*.example.org", "a.example。org", True),
        ("*.example.org", "evil.test／.example.org", False),
        ("xn--bcher-kva.example", "bücher.example", True),
        ("xn--bcher-kva.example", "BÜCHER.example", True),
        ("xn--strae-oqa.de", "straße.de", False),  # the gateway would connect to strasse.de
        ("strasse.de", "straße.de", True),
        ("::1", "[::1]", True),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("::1", "::1%lo", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.1", False),
        ("127.0.0.1", "::ffff:127.0.0.1", False),
        ("*", "a.example", False),
        ("*.", "a.example", False),
        ("", "", False),
    ],
)
def test_host_patterns(pattern, host, fits):
    assert host_matches(pattern, host) is fits


LABEL = st.text("abc-_", min_size=1, max_size=3).filter(lambda label: label[0] != "-" != label[-1])
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)


def oracle(pattern: str, host: str) -> bool:
    """Label by label, from the right."""
    labels, wanted = host.split(".")[::-1], pattern.removeprefix("*.").split(".")[::-1]
    deeper = len(labels) - len(wanted)
    return labels[: len(wanted)] == wanted and (deeper > 0 if pattern.startswith("*.") else deeper == 0)


@given(
    patterns=st.lists(st.tuples(st.sampled_from(["", "*."]), NAME).map("".join), max_size=6).map(tuple),
    host=NAME,
    data=st.data(),
)
def test_as_label_by_label(patterns, host, data):
    if patterns and data.draw(st.booleans()):  # hosts that share labels with a pattern are where mistakes would be
        host = data.draw(st.sampled_from(["", "a.", "a", "a.b."])) + data.draw(st.sampled_from(patterns)).lstrip("*.")
    said = data.draw(st.sampled_from([host, host.upper(), f"{host}."]))
    assert host_set(patterns).holds(said) is any(oracle(pattern, host) for pattern in patterns)


@given(st.text(max_size=40) | st.text("a.:[]%@/\\ü。-1", max_size=20))
def test_any_text_has_one_spelling_or_none(text):
    name = normal_host(text)
    assert name is None or normal_host(name) == name


def test_an_address_with_a_zone_is_one_machines_own():
    assert normal_host("fe80::1%eth0") is None


def test_what_is_too_long_is_none():
    assert normal_host("a" * 64) is None
    assert normal_host(".".join(["a" * 63] * 4)) is None
    assert normal_host("a." * 100_000) is None
    assert normal_host("ü" * 100_000) is None
