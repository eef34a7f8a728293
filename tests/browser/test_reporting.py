"""The ledger's state, the settings in force, and a report that is printed."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import expect

Enter = Callable[..., Person]


def test_the_ledger_is_verified_from_the_console(enter: Enter) -> None:
    ada = enter("ada")
    ada.go("/ledger")
    ada.page.get_by_role("button", name="Verify now").click()
    expect(ada.page.locator("main")).to_contain_text("were what was written", timeout=20_000)
    ada.page.get_by_label("Event").fill("job-*")
    ada.page.get_by_role("button", name="Find").click()
    lines = ada.page.get_by_role("region", name="Lines of the ledger")
    expect(lines).to_contain_text("job-approved")
    expect(lines).not_to_contain_text("exchange")
    lines.get_by_role("link", name="job-approved").first.click()
    expect(ada.page.locator("main")).to_contain_text("job-approved")


def test_the_settings_in_force_hold_no_secret(enter: Enter, seeds: Seeds) -> None:
    ada = enter("ada")
    ada.go("/settings")
    expect(ada.page.locator("main")).to_contain_text("centerface")
    assert seeds.home.master_key.read_text().strip() not in ada.page.content()


def test_a_report_opens_alone_and_prints_on_a_few_pages(enter: Enter, seeds: Seeds, tmp_path: Path) -> None:
    rita = enter("rita")
    rita.go("/reports")
    with rita.page.expect_download() as coming:
        rita.page.get_by_role("button", name="Make it").click()
    files = zipfile.ZipFile(coming.value.path())
    (page,) = (name for name in files.namelist() if name.endswith(".html"))
    (facts,) = (name for name in files.namelist() if name.endswith(".json") and "sig" not in name)
    assert json.loads(files.read(facts))
    files.extract(page, tmp_path)
    reader = enter(offline=True)
    reader.page.goto((tmp_path / page).as_uri())
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
    reader.page.emulate_media(media="print")
    printed = pypdfium2.PdfDocument(io.BytesIO(reader.page.pdf(format="A4")))
    assert 1 <= len(printed) <= 15
    text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    for word in ("missing-4711", "news-index", "faces"):
        assert word in text
