"""Prometheus' and Grafana's files: what they ask for is a query, of metrics and labels that there are."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
from deploy.shipped import DEPLOY, ROOT, read

# of others: Prometheus' own, and HAProxy's exporter (tests/live/test_topology.py reads them from a running one)
OTHERS = {"up": {"job", "instance"}, "haproxy_server_status": {"proxy", "server", "state"}}
UNSHOWN = {"facegate_gateway_observe_mode", "facegate_gateway_report_age_seconds"}


def documented() -> dict[str, set[str]]:
    """Every series that facegate offers, and its labels."""
    found: dict[str, set[str]] = {}
    page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    for name, labels, kind in re.findall(r"^\| `(facegate_\w+)(?:\{([^}]*)\})?` \| (\w+) \|", page, re.MULTILINE):
        own = set(filter(None, labels.replace(" ", "").split(",")))
        found[name] = own
        if kind == "histogram":
            found |= {f"{name}_bucket": own | {"le"}, f"{name}_sum": own, f"{name}_count": own}
    return found


def alerts() -> list[dict[str, Any]]:
    (group,) = read("deploy/prometheus/alerts.yml")["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEPLOY / "grafana/facegate.json").read_text(encoding="utf-8"))
    return found


def expressions() -> Iterator[str]:
    yield from (target["expr"] for panel in dashboard()["panels"] for target in panel["targets"])
    yield from (rule["expr"] for rule in alerts())
    (metric,) = [
        metric["pods"]["metric"]["name"]
        for metric in read("deploy/kubernetes/base/autoscaler.yaml")["spec"]["metrics"]
        if metric["type"] == "Pods"
    ]
    yield metric


def asked(node: Any) -> Iterator[tuple[str, set[str], set[str]]]:
    """(metric, labels matched, labels of the aggregations around it) of each selector below `node`."""
    match node:
        case promql_parser.VectorSelector():
            yield str(node.name), {str(it.name) for it in node.matchers.matchers}, set()
        case promql_parser.MatrixSelector():
            yield from asked(node.vector_selector)
        case promql_parser.AggregateExpr():
            by = set(node.modifier.labels) if node.modifier else set()
            yield from ((name, matched, around | by) for name, matched, around in asked(node.expr))
        case promql_parser.BinaryExpr():
            yield from asked(node.lhs)
            yield from asked(node.rhs)
        case promql_parser.Call():
            for argument in node.args:
                yield from asked(argument)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            yield from asked(node.expr)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return
        case _:
            raise AssertionError(type(node))


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_each_expression_asks_for_what_there_is(expression: str) -> None:
    known = documented() | OTHERS
    found = list(asked(promql_parser.parse(expression)))
    assert found
    for name, matched, around in found:
        assert name in known
        assert matched | around <= known[name] | {"job", "instance"}


def test_what_there_is_not_would_be_noticed() -> None:
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        promql_parser.parse("sum by (")
    ((name, matched, around),) = asked(promql_parser.parse('sum by (a) (rate(facegate_nothing{b="c"}[5m]))'))
    assert (name, matched, around) == ("facegate_nothing", {"b"}, {"a"})
    assert name not in documented()


def test_every_metric_is_shown_or_watched() -> None:
    seen = {name.removesuffix("_bucket") for text in expressions() for name, _, _ in asked(promql_parser.parse(text))}
    names = {name for name in documented() if not name.endswith(("_bucket", "_sum", "_count"))}
    assert names - seen == UNSHOWN


def test_every_alert_says_what_is_wrong_and_how_much_it_matters() -> None:
    rules = alerts()
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("critical", "warning")
        shown = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        for _, _, around in asked(promql_parser.parse(rule["expr"])):
            whole = not around  # without an aggregation every label is there
            assert whole or set(shown) <= around, rule["alert"]


def test_prometheus_reads_the_alerts_that_lie_beside_it() -> None:
    config = read("deploy/prometheus/prometheus.yml")
    assert [(DEPLOY / "prometheus" / name).is_file() for name in config["rule_files"]] == [True]
    names = {job["job_name"] for job in config["scrape_configs"]}
    matched = [rule["expr"] for rule in alerts() if rule["expr"].startswith("up{")]
    assert matched
    for expression in matched:
        assert set(re.findall(r'job=~"([^"]*)"', expression)[0].split("|")) == names
