"""The report on paper: a PDF, printed by a browser that may ask nobody for anything."""

import os

from playwright.sync_api import Error, Playwright, sync_playwright

from mirrorhunt.config import Config
from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.net import chromium

TIMEOUT_MS = 60_000


class PrintingError(MirrorhuntError):
    """The browser is missing or failed: there is a package without a PDF."""


def pdf(html: bytes, config: Config) -> bytes:
    """*html* as an A4 PDF. Raises PrintingError, ConfigError.

    The page is given to the browser, not fetched; scripts are off and every request is refused,
    although the page asks for none: it was made of what an adversary wrote.
    """
    try:
        with sync_playwright() as playwright:
            return _printed(playwright, html, config)
    except chromium.BrowserMissingError as e:
        raise PrintingError(str(e)) from None
    except (Error, OSError) as e:
        raise PrintingError(f"the browser failed: {chromium.first_line(str(e))}") from None


def _printed(playwright: Playwright, html: bytes, config: Config) -> bytes:
    program = chromium.find(config, playwright.chromium.executable_path)
    browser = playwright.chromium.launch(
        executable_path=program.path,
        chromium_sandbox=chromium.may_sandbox(),
        args=list(chromium.FLAGS),
        env={"HOME": os.devnull, "LANG": "C.UTF-8", "PATH": os.defpath},
        timeout=TIMEOUT_MS,
    )
    try:
        context = browser.new_context(
            java_script_enabled=False, offline=True, service_workers="block"
        )
        context.route("**/*", lambda route: route.abort())
        page = context.new_page()
        page.set_content(html.decode(), wait_until="load", timeout=TIMEOUT_MS)
        return page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    finally:
        browser.close()
