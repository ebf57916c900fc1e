"""One page in the browser, from the request to the picture, within bounds.

Everything the page does is written by an adversary: windows, dialogs, endless scripts, endless
requests. What bounds it is the time of the drawing and the account at the proxy; when the time is
over the context is closed, with all that is in it.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import BrowserContext, CDPSession, Dialog, Page
from playwright.async_api import Error as PlaywrightError

from mirrorhunt.availability import ruling
from mirrorhunt.config import Config
from mirrorhunt.model import Availability, Visit
from mirrorhunt.net import _page_rules as rules
from mirrorhunt.net._page_world import NoAnswerError, PageWorld
from mirrorhunt.net._traffic import QUIET_UNLOADED_S, Traffic
from mirrorhunt.net.forward_proxy import Account
from mirrorhunt.page import MAX_URL_CHARS
from mirrorhunt.rendering import Rendering

MAX_BYTES = 16 * 2**20
"""Of one page with all that it loads: a front page with its scripts has 1 to 4 MB."""
MAX_BYTES_WITH_PICTURE = 32 * 2**20
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 3.0
"""For a context to go; a browser that does not manage is ended."""
GLANCE_TIMEOUT_S = 3.0
"""A page that cannot be asked in this time has a script that does not end."""
CALM_S = 3.0
"""For reading a page that asks for more than any page needs, or does not stop to talk."""
READING_S = 6.0
"""Of the time of a drawing, kept for reading and the picture."""
MAX_MOVES = 6
MAX_POPUPS = 30
MAX_DIALOGS = 20
DESKTOP = (1280, 800)
MOBILE = (412, 915)
_POLL_S = 0.05
_HTTP = ("http", "https")


class BrowserGoneError(Exception):
    """The browser died, or does not even open a page: not the page's word, but ours to settle."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw, and as whom."""

    url: str
    with_picture: bool = False
    referrer: str = ""
    user_agent: str = ""
    is_mobile: bool = False
    language: str = ""
    is_told: bool = False
    """The plain response said enough: the page is taken as it comes to rest, without waiting for
    more, and no gate is opened."""

    @property
    def size(self) -> tuple[int, int]:
        """Of the window, in pixels."""
        return MOBILE if self.is_mobile else DESKTOP


@dataclass(eq=False)
class Drawing:
    """Draws one page in a context of its own; `run` once."""

    browser: PlaywrightBrowser
    version: str
    wish: Wish
    config: Config
    account: Account
    proxy_url: str
    now: datetime
    without_webrtc: bool = False
    """For a remote browser, whose flags are not ours to set."""
    is_stuck: bool = False
    """Afterwards, True if the context could not be closed: the browser has to be ended."""
    popups: int = 0
    dialogs: int = 0
    traffic: Traffic = field(init=False)
    _ended: str = ""
    _has_clicked: bool = False
    _final_url: str = ""
    _dom: bytes = b""
    _is_cut: bool = False
    _picture: bytes = b""

    def __post_init__(self) -> None:
        self.traffic = Traffic(self.wish.url, self.wish.with_picture, self.account)

    async def run(self) -> Rendering:
        """Raises BrowserGoneError; whatever the page does is in the rendering."""
        deadline = self._clock() + self.config.browser_page_s
        context = await self._opened()
        over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        work = asyncio.ensure_future(self._work(context, deadline, over))
        both: set[asyncio.Future[Any]] = {work, over}
        try:
            await asyncio.wait(
                both,
                timeout=max(0.1, deadline - self._clock()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if over.done():
                self._ended = over.result()
            elif not work.done():
                self._ended = self._ended or "timeout"
        finally:
            await self._end(context, work)
        if not self.browser.is_connected():
            raise BrowserGoneError
        return self.rendering()

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def _user_agent(self) -> str:
        return self.wish.user_agent or self.config.user_agent

    @property
    def _language(self) -> str:
        return self.wish.language or self.config.accept_language

    async def _opened(self) -> BrowserContext:
        width, height = self.wish.size
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                return await self.browser.new_context(
                    accept_downloads=False,
                    service_workers="block",
                    ignore_https_errors=True,
                    permissions=[],
                    proxy={
                        "server": self.proxy_url,
                        "bypass": "<-loopback>",
                        "username": self.account.user,
                        "password": self.account.password,
                    },
                    user_agent=self._user_agent,
                    extra_http_headers={"Accept-Language": self._language},
                    timezone_id="UTC",
                    viewport={"width": width, "height": height},
                    device_scale_factor=1,
                    is_mobile=self.wish.is_mobile,
                    has_touch=self.wish.is_mobile,
                    reduced_motion="reduce",
                )
        except (PlaywrightError, TimeoutError) as e:
            raise BrowserGoneError from e

    async def _end(self, context: BrowserContext, work: "asyncio.Future[None]") -> None:
        """Close everything, whatever state it is in."""
        self.account.close()
        work.cancel()
        await asyncio.gather(work, self.traffic.end(), return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await context.close()
        except TimeoutError:
            self.is_stuck = True
        except PlaywrightError:
            pass

    # ------------------------------------------------------------ the course of it

    async def _work(
        self, context: BrowserContext, deadline: float, over: "asyncio.Future[str]"
    ) -> None:
        def end(why: str) -> None:
            if not over.done():
                over.set_result(why)

        try:
            session, page = await self._prepared(context, end)
            rest_by = deadline - min(READING_S, 0.4 * self.config.browser_page_s)
            await self._go(page, rest_by)
            await self._read(page, PageWorld(session), rest_by)
        except (PlaywrightError, NoAnswerError):
            # Closed under our hands, or busy for good.
            self._ended = self._ended or ("timeout" if self.traffic.documents else "failed")

    async def _prepared(
        self, context: BrowserContext, end: Callable[[str], None]
    ) -> tuple[CDPSession, Page]:
        traffic = self.traffic
        if self.without_webrtc:
            await context.add_init_script(
                "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport'])"
                " delete globalThis[n];"
            )
        await context.route("**/*", traffic.decide)
        await context.route_web_socket(re.compile(""), traffic.refuse_socket)
        page = traffic.page = await context.new_page()
        context.on("page", lambda popup: self._close_popup(popup, end))
        context.on("request", traffic.on_request)
        context.on("response", traffic.on_response)
        context.on("requestfinished", traffic.on_done)
        context.on("requestfailed", traffic.on_failed)
        page.on("crash", lambda _: end("crash"))
        page.on("download", traffic.on_download)
        page.on("load", lambda _: traffic.on_load())
        session = await context.new_cdp_session(page)
        traffic.on_flood = lambda: traffic.spawn(_calmed(session, end, "requests"))
        page.on("dialog", lambda dialog: self._on_dialog(session, dialog, end))
        session.on(
            "Fetch.requestPaused", lambda event: traffic.spawn(traffic.on_head(session, event))
        )
        # For what scripts read. As an option of the context it would replace the header.
        languages = [part.partition(";")[0].strip() for part in self._language.split(",")]
        await session.send(
            "Emulation.setUserAgentOverride",
            {"userAgent": self._user_agent, "acceptLanguage": ",".join(filter(None, languages))},
        )
        await session.send(
            "Fetch.enable",
            {
                "patterns": [
                    {"urlPattern": "*", "resourceType": kind, "requestStage": "Response"}
                    for kind in ("Document", "XHR", "Fetch", "Other")
                ]
            },
        )
        return session, page

    async def _go(self, page: Page, rest_by: float) -> None:
        self.traffic.active_at = self._clock()
        # Cut off by a script that goes elsewhere at once, it fails too: what counts is where the
        # page is in the end.
        with contextlib.suppress(PlaywrightError):
            await page.goto(
                self.wish.url,
                wait_until="commit",
                referer=self.wish.referrer or None,
                timeout=max(1.0, rest_by - self._clock()) * 1000,
            )
        await self._rest(rest_by)

    async def _rest(self, rest_by: float) -> None:
        """Wait until the page is at rest, or *rest_by*."""
        while not self.traffic.is_at_rest(self._clock()):
            if self._clock() >= rest_by:
                self._ended = self._ended or "timeout"
                return
            await asyncio.sleep(_POLL_S)

    async def _read(self, page: Page, world: PageWorld, rest_by: float) -> None:
        for _ in range(0 if self.wish.is_told else MAX_MOVES):
            if not self._is_somewhere(page) or self._clock() >= rest_by:
                break
            if self.traffic.is_flood or not await self._goes_on(page, world, rest_by):
                break
            await self._rest(rest_by)
        if self._is_somewhere(page):
            await world.still()
            self._dom, self._is_cut = await world.dom()
            self._final_url = page.url
        self._ended = self._ended or self._end_of(page)
        if self.wish.with_picture and self._final_url:
            self._picture = await world.picture(*self.wish.size)

    def _end_of(self, page: Page) -> str:
        """What ended it, where it was not the time."""
        if self.account.is_spent:
            return "bytes"
        if self.traffic.is_flood:
            return "requests"
        if self.traffic.has_download:
            return "download"
        return "" if self._is_somewhere(page) else "failed"

    def _is_somewhere(self, page: Page) -> bool:
        """True if the top frame shows a document of the web, and no error page of the browser."""
        return rules.scheme_of(page.url) in _HTTP and bool(self.traffic.documents)

    async def _goes_on(self, page: Page, world: PageWorld, rest_by: float) -> bool:
        """Wait for what the page has promised, or open its gate; True if it went on."""
        before = self.traffic.top_count
        try:
            async with asyncio.timeout(GLANCE_TIMEOUT_S):
                glance = await world.glance()
        except TimeoutError:
            self._ended = self._ended or "timeout"
            return False
        except (PlaywrightError, NoAnswerError):
            # It went elsewhere while it was asked.
            return await self._moves_within(1.0, before, rest_by)
        if await self._moves_within(rules.patience_s(glance), before, rest_by):
            return True
        control = None if self._has_clicked else rules.gate(glance)
        if control is None or not await self._may_click(page, world):
            return False
        self._has_clicked = True
        await page.mouse.click(control.x, control.y)
        self.traffic.active_at = self._clock()
        await self._moves_within(QUIET_UNLOADED_S, before, rest_by)
        return True

    async def _moves_within(self, wait_s: float, before: int, rest_by: float) -> bool:
        until = min(self._clock() + wait_s, rest_by)
        while self.traffic.top_count == before and self._clock() < until:
            await asyncio.sleep(_POLL_S)
        return self.traffic.top_count != before

    async def _may_click(self, page: Page, world: PageWorld) -> bool:
        """False where a human test stands, or anything that is no site of its own."""
        self._dom, self._is_cut = await world.dom()
        self._final_url = page.url
        drawn = self.rendering().page()
        visit = Visit(drawn.host, "", "browser", "", self.now, page=drawn)
        return ruling(visit).availability in (Availability.LIVE, Availability.ERROR)

    def _on_dialog(self, session: CDPSession, dialog: Dialog, end: Callable[[str], None]) -> None:
        self.dialogs += 1
        if self.dialogs == MAX_DIALOGS + 1:
            self.traffic.spawn(_calmed(session, end, "dialogs"))
        self.traffic.spawn(_dismissed(dialog))

    def _close_popup(self, popup: Page, end: Callable[[str], None]) -> None:
        self.popups += 1
        if self.popups > MAX_POPUPS:
            end("popups")
            return
        self.traffic.spawn(_closed(popup))

    # ------------------------------------------------------------ what came of it

    def rendering(self, ended: str = "") -> Rendering:
        """As far as it got; *ended* where the browser did not survive it."""
        traffic = self.traffic
        tops = traffic.tops or [self.wish.url]
        final_url = self._final_url or traffic.failed_top or tops[-1]
        document = traffic.document(final_url) if self._final_url else None
        last = document.url if document else final_url
        return Rendering(
            url=self.wish.url,
            final_url=final_url[:MAX_URL_CHARS],
            status=document.status if document else 0,
            headers=document.headers if document else (),
            dom=self._dom,
            is_cut=self._is_cut,
            passed=tuple(u for u in dict.fromkeys(traffic.tops) if u not in (last, final_url)),
            requests=traffic.requests(),
            screenshot=self._picture,
            browser=self.version,
            ended=ended or self._ended,
            addresses=tuple(sorted(self.account.addresses.items())),
        )


async def _closed(page: Page) -> None:
    with contextlib.suppress(PlaywrightError):
        await page.close()


async def _dismissed(dialog: Dialog) -> None:
    with contextlib.suppress(PlaywrightError):
        await dialog.dismiss()


async def _calmed(session: CDPSession, end: Callable[[str], None], why: str) -> None:
    """Stop the page's scripts, and the drawing a little later: a page that goes on all the same,
    or that has drowned the browser by then, is not waited for."""
    asyncio.get_running_loop().call_later(CALM_S, end, why)
    with contextlib.suppress(PlaywrightError):
        await PageWorld(session).still()
