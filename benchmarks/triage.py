"""How long a record of the queue takes by keyboard: Chromium, a real console in a process of its own, real pictures.

Each record is revealed with a reason, waited for until its picture is drawn, and decided: two in three confirmed, one
in three a false positive, the reasons kept for the whole page. A script does not think: what is measured is what a
person waits for. The server's decisions are counted at the end.
"""

import json
import platform
import statistics
import tempfile
import time
from pathlib import Path

import click
from browser.chrome import find_chromium, open_chromium
from browser.consoles import Console
from browser.people import Person
from browser.pictures import drawings, portraits
from browser.seeds import Seeds
from playwright.sync_api import Page, expect

RECORDS = 200


@click.command(help=__doc__)
@click.option("--records", default=RECORDS, show_default=True, help="How many are decided.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(records: int, json_file: Path | None) -> None:
    chromium = find_chromium()
    with tempfile.TemporaryDirectory(prefix="facegate-bench-") as folder, Seeds(Path(folder) / "home") as seeds:
        seeds.people()
        seeds.bodies([*portraits(records - records // 3), *drawings(records // 3)])
        with Console(seeds.file) as console, open_chromium(chromium) as chrome:
            person = Person(chrome, console.url, viewport={"width": 1440, "height": 900})
            person.log_in("rita")
            start = time.perf_counter()
            revealing, deciding = triage(person, records)
            whole = time.perf_counter() - start
            if complaints := person.leave():
                raise click.ClickException("\n".join(complaints))
        rows = seeds.database.read("SELECT state, count(*) AS n FROM records GROUP BY state ORDER BY state")
    states = {row["state"]: row["n"] for row in rows}
    if states.pop("open", 0) or sum(states.values()) != records:
        raise click.ClickException(f"not all were decided: {states}")
    each = [shown + done for shown, done in zip(revealing, deciding, strict=True)]
    measured = {"reveal": spread(revealing), "decide": spread(deciding), "record": spread(each)}
    click.echo("| seconds | median | p95 | most |\n|---|---:|---:|---:|")
    for name, (median, high, most) in measured.items():
        click.echo(f"| {name} | {median:.3f} | {high:.3f} | {most:.3f} |")
    click.echo(f"\n{records} records in {whole:.1f} s: {', '.join(f'{n} {state}' for state, n in states.items())}.")
    click.echo(f"Python {platform.python_version()}, {platform.machine()}, Chromium headless.")
    if json_file:
        facts = {"records": records, "seconds": whole, "states": states, "revealing": revealing, "deciding": deciding}
        json_file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def triage(person: Person, records: int) -> tuple[list[float], list[float]]:
    """Seconds from the key until the picture is drawn, and from the decision until the next record is the current."""
    page = person.page
    person.go("/queue")
    expect(page.locator("#viewer")).to_be_visible()
    revealing, deciding = [], []
    for number in range(records):
        start = time.perf_counter()
        page.keyboard.press("r")
        if number == 0:
            keep_reason(page, "ask-reveal")
        page.wait_for_function(
            "() => { const it = document.querySelector('#pictures img'); return it?.complete && it.naturalWidth }"
        )
        shown = time.perf_counter()
        before = page.evaluate("document.querySelector('#grid > [aria-current]').dataset.id")
        faceless = number % 3 == 2
        page.keyboard.press("f" if faceless else "c")
        if number == 2:
            keep_reason(page, "ask-false-positive")
        if number < records - 1:
            page.wait_for_function(
                "id => document.querySelector('#grid > [aria-current]').dataset.id !== id", arg=before
            )
        revealing.append(shown - start)
        deciding.append(time.perf_counter() - shown)
    expect(page.locator("#said")).to_have_text("That was the last one here.")
    with page.expect_response(lambda answer: answer.url.endswith("/note")):  # decisions are sent one after the other
        page.keyboard.press("n")
        page.locator("#note-text").fill("the end")
        page.keyboard.press("Control+Enter")
    return revealing, deciding


def keep_reason(page: Page, dialog: str) -> None:
    """The first reason, for this record and all after it."""
    page.locator(f"#{dialog} [name='keep']").check()
    page.keyboard.press("1")


def spread(taken: list[float]) -> tuple[float, float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], max(taken)


if __name__ == "__main__":
    main()
