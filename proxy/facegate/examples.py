"""What people type most, for the end of each verb's --help. Each line is parsed by tests/test_examples.py."""

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "init": ("facegate init", "facegate init /etc/facegate --for network --listen 10.0.0.2:8080 --yes"),
    "demo": ("facegate demo", "facegate demo --once --no-browser"),
    "serve": (
        "facegate serve",
        "facegate serve --config facegate.toml --workers auto",
        "facegate serve --listen 0.0.0.0:8080 --console none",
    ),
    "reload": ("facegate reload",),
    "check": ("facegate check --config facegate.toml", "facegate check --quick --bypass example.com:443"),
    "scan": (
        "facegate scan pictures/ --jobs 4",
        "facegate scan pictures/ --json",
        "facegate scan --calibrate labelled/",
    ),
    "job": (
        "facegate job register job.toml",
        "facegate job list --state pending",
        'facegate job approve missing-person-4711 --as maria --reason "order no. 4711/26"',
        "facegate job revoke missing-person-4711",
    ),
    "accumulation": ("facegate accumulation list", "facegate accumulation show acme-crawl"),
    "quarantine": (
        "facegate quarantine list --withheld-for faces --json",
        "facegate quarantine show d42608e41e1c43aeb2585873ab7919a7",
        'facegate quarantine release d42608e41e1c43aeb2585873ab7919a7 --as maria --reason "a statue"',
    ),
    "vault": ("facegate vault verify",),
    "state": ("facegate state status",),
    "subject": ("facegate subject find --url https://news.example/photo.jpg",),
    "ledger": ("facegate ledger verify", "facegate ledger tail -n 20", "facegate ledger export -o ledger.jsonl"),
    "report": ("facegate report --all --since 2026-01-01 -o report.html", "facegate report --job crawl -o crawl.html"),
    "user": ("facegate user add maria --role reviewer", "facegate user list"),
    "ca": ("facegate ca export -o facegate-ca.pem", "facegate ca export --for curl"),
    "model": ("facegate model list", "facegate model add yunet-n.toml"),
    "completion": ("facegate completion bash > ~/.local/share/bash-completion/completions/facegate",),
}


def epilog(verb: str) -> str | None:
    """For click, which keeps the lines of a paragraph that begins so as they are."""
    lines = EXAMPLES.get(verb, ())
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None
