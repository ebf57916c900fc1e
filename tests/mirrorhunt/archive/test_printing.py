"""The report in a real browser: it runs nothing, asks for nothing, and can be printed."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine

from mirrorhunt.archive import printing, report, verifying
from mirrorhunt.config import Config
from mirrorhunt.net import chromium as chromiums
from tests import packed
from tests.hostile_texts import ALL


def test_a_hostile_report_opens_without_a_dialog_or_a_request(
    chromium: str, engine: Engine, tmp_path: Path
) -> None:
    archive = packed.archive(
        engine, tmp_path / "vault", html=ALL, title=ALL[:290], reason=ALL[:290]
    )
    package = archive.made(tmp_path / "a.wacz").path
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(tmp_path / "unpacked")
    page_file = tmp_path / "unpacked" / report.REPORT
    dialogs: list[str] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, chromium_sandbox=chromiums.may_sandbox()
        )
        # Scripts are on: the page itself has to hold.
        page = browser.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(page_file.as_uri())
        scripts = page.evaluate("document.scripts.length")
        pictures = page.evaluate("[...document.images].map(i => i.naturalWidth)")
        style = page.evaluate("getComputedStyle(document.querySelector('.status')).color")
        browser.close()

    assert dialogs == []
    assert [url for url in requests if not url.startswith(("file:", "data:image/png"))] == []
    assert scripts == 0
    assert pictures == [320, 320]
    # Its own style is allowed: white on green.
    assert style == "rgb(255, 255, 255)"


def test_a_report_is_printed(chromium: str, engine: Engine, tmp_path: Path) -> None:
    archive = packed.archive(engine, tmp_path / "vault")
    made = archive.made(
        tmp_path / "a.wacz",
        print_pdf=lambda html: printing.pdf(html, Config(browser_path=chromium)),
    )
    with zipfile.ZipFile(made.path) as zipped:
        pdf = zipped.read(report.PDF)

    assert made.has_pdf
    assert pdf.startswith(b"%PDF-")
    assert verifying.verify(made.path).is_good


def test_a_browser_that_is_none_is_one_line(tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)

    with pytest.raises(printing.PrintingError, match="the browser failed"):
        printing.pdf(b"<p>", Config(browser_path=str(program)))
