"""The system's Chromium, driven by playwright. Nothing is downloaded."""

import contextlib
import os
import shutil
from collections.abc import Iterator

import click
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """For what is run by hand; the tests have a fixture."""
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None:
        raise click.ClickException("Chromium is not installed; tools/provision installs it where it may")
    return path


@contextlib.contextmanager
def open_chromium(path: str) -> Iterator[Browser]:
    # Chromium's sandbox refuses to start as root
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
