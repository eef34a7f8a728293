"""The report's own page, opened as a file: axe finds nothing, nothing is refused or fetched, and it prints."""

from pathlib import Path

import pytest
from browser import axe
from browser.seeds import Seeds
from facegate.reports.facts import Sources, report_facts
from facegate.reports.lines import Asked
from facegate.reports.page import render
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def report(seeds: Seeds, tmp_path_factory: pytest.TempPathFactory) -> Path:
    seeds.ledger.flush(10)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(render(report_facts(Sources(seeds.config, seeds.home, seeds.database), Asked())))
    return path


def test_axe_finds_nothing_and_nothing_is_fetched(chrome: Browser, report: Path) -> None:
    page = chrome.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(report.as_uri())
    found, wide = [], []
    for look in axe.looks(page):
        found += [str(fault) for fault in axe.faults(page, look)]
        wide += [f"{look.name}: {what}" for what in axe.too_wide(page)]
    assert found == []
    assert wide == []
    assert (asked, complaints) == ([report.as_uri()], [])
    page.close()


def test_it_prints_on_pages_of_a4(chrome: Browser, report: Path) -> None:
    page = chrome.new_page()
    page.goto(report.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 59" in pdf  # 595 points wide
    page.emulate_media(media="print", color_scheme="dark")
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"
    page.close()
