"""The positive control of a browser: that what it asks for arrives at our proxy, and nowhere else.

It is made to ask for a port of ours on loopback that nobody but us listens on. The proxy must be
asked for it and refuse, as the guard lets no such port through whatever the operator allows; and
nobody may knock at the port itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError

from mirrorhunt.net.forward_proxy import Account, ForwardProxy

PROOF_TIMEOUT_S = 15.0
"""For a context, a page and one request, on a busy machine too."""
_MAX_BYTES = 2**20
_TIMEOUT = "Timeout"
"""In what Playwright says of a page that did not come in time."""


class Proof(StrEnum):
    """What came of it."""

    BEHIND = "behind"
    """It asks our proxy."""
    PAST = "past"
    """It goes out by itself, or by a proxy of somebody else's."""
    APART = "apart"
    """It does not reach our proxy."""
    LATE = "late"
    """Nothing was seen in time, which says nothing about the browser."""


async def proved(
    proxy: ForwardProxy,
    browser: PlaywrightBrowser,
    look: Callable[[], Awaitable[None]],
    timeout_s: float,
) -> Proof:
    """Whether *browser* goes through *proxy*; *look* is called while its page is open.

    Raises Playwright's errors where it dies meanwhile.
    """
    knocks: list[object] = []

    def knocked(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(writer)
        writer.close()

    trap = await asyncio.start_server(knocked, "127.0.0.1", 0)
    port = trap.sockets[0].getsockname()[1]
    account = proxy.open_account(_MAX_BYTES)
    why = ""
    try:
        async with asyncio.timeout(timeout_s):
            why = await _asked(proxy, account, browser, f"http://127.0.0.1:{port}/", look)
    except TimeoutError:
        # What it has open goes with the browser, which is given up.
        why = _TIMEOUT
    finally:
        proxy.close_account(account)
        trap.close()
    if knocks:
        return Proof.PAST
    if ("127.0.0.1", port) in account.refused:
        return Proof.BEHIND
    if not browser.is_connected() or _TIMEOUT in why:
        return Proof.LATE
    return Proof.APART if "ERR_PROXY_CONNECTION_FAILED" in why else Proof.PAST


async def _asked(
    proxy: ForwardProxy,
    account: Account,
    browser: PlaywrightBrowser,
    url: str,
    look: Callable[[], Awaitable[None]],
) -> str:
    """Make *browser* ask for *url*; what it says became of that."""
    context = await browser.new_context(
        proxy={
            "server": proxy.url,
            "bypass": "<-loopback>",
            "username": account.user,
            "password": account.password,
        }
    )
    page = await context.new_page()
    why = ""
    try:
        await page.goto(url)
    except PlaywrightError as e:
        why = str(e)
    await look()
    await context.close()
    return why
