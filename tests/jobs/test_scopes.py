import pytest
from facegate_addons.domain.job import Kind, Outside

WHOLE = {
    "paths": ["/news/", "/a.html"],
    "ports": [443, 8443, 443],
    "methods": ["GET", "HEAD"],
    "begins": "2026-06-01T00:00:00Z",
    "hours": "08:00-18:00",
    "max_faces": 1_000,
    "max_responses": 10_000,
    "max_bytes": "2GB",
    "outside": "refuse",
}


def test_the_whole_of_a_scope(good, read):
    good["scope"] |= WHOLE
    scope = read(good).scope
    assert (scope.paths, scope.ports, scope.methods) == (("/news/", "/a.html"), (443, 8443), ("GET", "HEAD"))
    assert (scope.max_faces, scope.max_responses, scope.max_bytes) == (1_000, 10_000, 2 * 10**9)
    assert scope.outside is Outside.REFUSE


def test_what_is_not_said_does_not_narrow(good, read):
    scope = read(good).scope
    assert (scope.paths, scope.ports, scope.methods, scope.hours, scope.begins) == ((), (), (), None, None)
    assert (scope.max_faces, scope.max_responses, scope.max_bytes) == (None, None, None)
    assert scope.outside is Outside.UNTARGETED


@pytest.mark.parametrize("field", ["subjects", "hosts", "legal_basis", "reference", "expires", "max_releases", "kind"])
def test_each_missing_field_is_named_with_what_to_write(changed, wrong, field):
    (line,) = wrong(changed(f"scope.{field}", ...))
    assert line.startswith(f"scope.{field} is missing; write ")


def test_a_missing_scope_is_named(changed, wrong):
    assert wrong(changed("scope", ...)) == [
        'scope is missing; write a table [scope] with kind = "untargeted", "individual" or "group"'
    ]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("host", ["a"], "is no known key; did you mean scope.hosts?"),
        ("kind", "everybody", 'has to be "untargeted", "individual" or "group", not \'everybody\''),
        ("subjects", [], "has to be a list of 1 to 1,000 texts"),
        ("subjects", "case-1", "has to be a list of 1 to 1,000 texts"),
        ("hosts", ["*.com"], "has '*.com', below which anybody can have a name"),
        ("hosts", ["a.example"] * 1_001, "has 1,001 entries; 1,000 is the most"),
        ("paths", ["news/"], "has 'news/'; a path begins with"),
        ("paths", [], "has to be a list of 1 to 100 texts"),
        ("ports", [0], "has 0 in it; write numbers from 1 to 65535, like [443]"),
        ("ports", [65_536], "has 65536 in it"),
        ("ports", ["443"], "has '443' in it"),
        ("ports", 443, "has to be a list of whole numbers, like [443]"),
        ("methods", ["get"], "has 'get'; write methods in capitals, like \"GET\""),
        ("methods", ["GET POST"], "has 'GET POST'; write methods in capitals"),
        ("outside", "pass", 'has to be "untargeted" or "refuse", not \'pass\''),
        ("legal_basis", "", "is empty"),
        ("reference", 4711, "has to be text in quotes, not 4711"),
    ],
)
def test_each_wrong_field_is_named(changed, wrong, field, value, says):
    (line,) = wrong(changed(f"scope.{field}", value))
    assert line.startswith(f"scope.{field} {says}")


def test_an_untargeted_job_has_no_scope_to_speak_of(changed, broad, wrong, read):
    for key, value in WHOLE.items():
        assert wrong(changed(f"scope.{key}", value, broad)) == [
            f"scope.{key} has no meaning for an untargeted job; remove it, or choose another kind"
        ]
    assert read(changed("scope.expires", "2026-12-31T00:00:00Z", broad)).scope.kind is Kind.UNTARGETED
    assert wrong(changed("scope.expires", "2020-12-31T00:00:00Z", broad))[0].startswith("scope.expires is in the past")


def test_equal_hosts_are_one(changed, read):
    assert read(changed("scope.hosts", ["A.example", "a.example."])).scope.hosts == ("a.example",)
