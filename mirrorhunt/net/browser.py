"""A browser that draws pages: one process, our event loop, our proxy, a fresh context each time.

    browser = await Browser.start(config, resolver)
    rendering = await browser.draw("https://films.example/", with_picture=True)
    await browser.close()

What a page does to the browser (endless scripts, memory, a crash) ends the drawing of that page
and is in its `Rendering`; the next page has a browser again. Pages that were under way beside it
are drawn once more.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Self

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from mirrorhunt.config import Config
from mirrorhunt.errors import ConfigError, MirrorhuntError
from mirrorhunt.names import host_of_url
from mirrorhunt.net._drawing import (
    MAX_BYTES,
    MAX_BYTES_WITH_PICTURE,
    BrowserGoneError,
    Drawing,
    Wish,
)
from mirrorhunt.net._page_rules import scheme_of
from mirrorhunt.net._proof import PROOF_TIMEOUT_S, Proof, proved
from mirrorhunt.net._turns import Turns
from mirrorhunt.net.chromium import BrowserMissingError, Chromium, connect, first_line
from mirrorhunt.net.forward_proxy import ForwardProxy
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.page import MAX_URL_CHARS
from mirrorhunt.rendering import Rendering

__all__ = ["Browser", "BrowserFailedError", "BrowserMissingError"]

MEMORY_PAUSE_S = 0.5
"""Between two looks at the memory: a page fills some hundred MB in that time."""
STOP_TIMEOUT_S = 3.0


class BrowserFailedError(MirrorhuntError):
    """Our browser does not run any more, and a new one neither. Says nothing about a target."""


@dataclass(eq=False)
class _Engine:
    """A running browser with its driver."""

    playwright: Playwright
    browser: PlaywrightBrowser
    chromium: Chromium | None
    """None for a remote one."""
    pages: int = 0
    """Under way."""
    pages_at_death: int = 0
    is_over_memory: bool = False
    is_retired: bool = False
    watch: asyncio.Task[None] | None = None
    _closed: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def start(cls, config: Config, proxy: ForwardProxy) -> "_Engine":
        """Raises BrowserMissingError, ConfigError and Playwright's errors."""
        playwright = await async_playwright().start()
        chromium = None
        try:
            if config.browser_url:
                browser = await connect(playwright, config.browser_url)
            else:
                chromium = await Chromium.launch(playwright, config, proxy.url)
                browser = chromium.browser
            engine = cls(playwright, browser, chromium)
            browser.on("disconnected", lambda _: engine._on_death())
            look = chromium.look_at_sandbox if chromium is not None else _nothing
            _judge(await proved(proxy, browser, look, PROOF_TIMEOUT_S), config, proxy)
        except BaseException:
            if chromium is not None:
                await chromium.close()
            await _stopped(playwright)
            raise
        if chromium is not None:
            engine.watch = asyncio.create_task(engine._watch_memory(config.browser_memory_mib))
        return engine

    @property
    def is_alive(self) -> bool:
        return not self.is_retired and self.browser.is_connected()

    def _on_death(self) -> None:
        self.pages_at_death = self.pages_at_death or self.pages

    async def _watch_memory(self, most_mib: int) -> None:
        assert self.chromium is not None
        while True:
            await asyncio.sleep(MEMORY_PAUSE_S)
            if self.pages and await asyncio.to_thread(self.chromium.memory_mib) > most_mib:
                self.is_over_memory = True
                self._on_death()
                await asyncio.to_thread(self.chromium.kill)
                return

    async def retire(self, *, by_force: bool = False) -> None:
        """End it, once; who comes later waits until it is gone."""
        if self.is_retired:
            await self._closed.wait()
            return
        self.is_retired = True
        self._on_death()
        try:
            if self.watch is not None:
                self.watch.cancel()
                await asyncio.gather(self.watch, return_exceptions=True)
            if self.chromium is not None:
                await self.chromium.close(by_force=by_force)
            else:
                with contextlib.suppress(PlaywrightError, TimeoutError):
                    async with asyncio.timeout(STOP_TIMEOUT_S):
                        await self.browser.close()
            if not await _stopped(self.playwright) and self.chromium is not None:
                await asyncio.to_thread(self.chromium.kill_driver)
        finally:
            self._closed.set()


async def _stopped(playwright: Playwright) -> bool:
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await playwright.stop()
    except (PlaywrightError, TimeoutError):
        return False
    return True


async def _nothing() -> None:
    pass


class _LateError(Exception):
    """Whether the browser goes through our proxy was not seen in time."""


def _judge(proof: Proof, config: Config, proxy: ForwardProxy) -> None:
    """Raises ConfigError for a browser that cannot be used, _LateError for one of which nothing
    is known."""
    if proof is Proof.BEHIND:
        return
    if proof is Proof.LATE:
        raise _LateError(
            f"it did not show within {PROOF_TIMEOUT_S:.0f} s that it goes through our proxy"
        )
    if config.browser_url:
        which = f"browser_url: the browser at {config.browser_url!r}"
    elif config.browser_path:
        which = f"browser_path: {config.browser_path!r}"
    else:
        which = "the browser"
    if proof is Proof.APART:
        raise ConfigError(
            f"{which} does not reach our proxy {proxy.url}, without which it draws nothing: it "
            "has to run on this machine"
        )
    raise ConfigError(
        f"{which} goes past our proxy, so nothing is drawn by it: start it without "
        "--no-proxy-server and proxy settings of its own, by no wrapper that changes them"
    )


class Browser:
    """Draws pages, `Config.browser_concurrency` at a time; those of one host one after the other,
    `Config.delay_s` apart."""

    def __init__(self, config: Config, proxy: ForwardProxy) -> None:
        """Use `start`."""
        self._config = config
        self._proxy = proxy
        self._slots = asyncio.Semaphore(config.browser_concurrency)
        self._turns = Turns(config.delay_s)
        self._starting = asyncio.Lock()
        self._engine: _Engine | None = None
        self._is_closed = False
        self.version = ""
        """Product and version, ``Chromium 156.0.8078.79``."""
        self.restarts = 0

    @classmethod
    async def start(cls, config: Config, resolver: Resolver) -> Self:
        """Find and start the browser, or connect to the remote one.

        Raises BrowserMissingError where there is none, ConfigError where the operator named one
        that cannot be used, BrowserFailedError where it does not start.
        """
        proxy = await ForwardProxy(resolver).start()
        browser = cls(config, proxy)
        try:
            await browser._ready()
        except BaseException:
            await proxy.close()
            raise
        return browser

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the browser's processes, the first its own; none of a remote one's."""
        engine = self._engine
        return engine.chromium.pids() if engine is not None and engine.chromium else ()

    @property
    def memory_mib(self) -> float:
        """What its processes hold now."""
        engine = self._engine
        return engine.chromium.memory_mib() if engine is not None and engine.chromium else 0.0

    @property
    def is_sandboxed(self) -> bool:
        """True if pages run in Chromium's sandbox; False where that is not known."""
        engine = self._engine
        return engine is not None and engine.chromium is not None and engine.chromium.is_sandboxed

    @property
    def why_unsandboxed(self) -> str:
        """Why they do not, and what to do; empty if they do, or for a remote browser."""
        engine = self._engine
        return engine.chromium.why_unsandboxed if engine is not None and engine.chromium else ""

    @property
    def program(self) -> str:
        """The program that runs, and who named it; the address of a remote one."""
        engine = self._engine
        if engine is None or engine.chromium is None:
            return self._config.browser_url
        return f"{engine.chromium.program.path} ({engine.chromium.program.origin})"

    async def draw(
        self,
        url: str,
        *,
        with_picture: bool = False,
        referrer: str = "",
        user_agent: str = "",
        is_mobile: bool = False,
        language: str = "",
        is_told: bool = False,
    ) -> Rendering:
        """Draw *url* within `Config.browser_page_s`; twice that if the browser dies of another.

        Where *is_told*, the plain response said enough: nothing more is waited for than that the
        page comes to rest, and no gate is opened.

        Raises nothing that a target can bring about: `Rendering.ended` says it. Raises
        BrowserFailedError where our own browser fails, and again after a restart.
        """
        if scheme_of(url) not in ("http", "https") or len(url) > MAX_URL_CHARS:
            return Rendering(url[:MAX_URL_CHARS], url[:MAX_URL_CHARS], 0, ended="failed")
        wish = Wish(url, with_picture, referrer, user_agent, is_mobile, language, is_told)
        host = host_of_url(url) or ""
        async with self._turns.of(host), self._slots:
            for is_last in (False, True):
                engine = await self._ready()
                rendering, has_died = await self._drawn(engine, wish)
                # It died of this page where it was alone, or dies a second time.
                if not has_died or is_last or engine.pages_at_death <= 1:
                    break
        return rendering

    async def _drawn(self, engine: _Engine, wish: Wish) -> tuple[Rendering, bool]:
        """As far as it got, and True if the browser died meanwhile."""
        account = self._proxy.open_account(
            MAX_BYTES_WITH_PICTURE if wish.with_picture else MAX_BYTES
        )
        drawing = Drawing(
            engine.browser,
            self.version,
            wish,
            self._config,
            account,
            self._proxy.url,
            self._config.now(),
            without_webrtc=engine.chromium is None,
        )
        engine.pages += 1
        try:
            return await drawing.run(), False
        except BrowserGoneError:
            await engine.retire()
            return drawing.rendering("memory" if engine.is_over_memory else "crash"), True
        finally:
            engine.pages -= 1
            self._proxy.close_account(account)
            if drawing.is_stuck:
                await engine.retire(by_force=True)

    async def _ready(self) -> _Engine:
        """The browser that runs, or a new one. Raises BrowserFailedError."""
        async with self._starting:
            if self._is_closed:
                raise BrowserFailedError("the browser was closed")
            engine = self._engine
            if engine is not None and engine.is_alive:
                return engine
            if engine is not None:
                self.restarts += 1
                await engine.retire()
                self._engine = None
            self._engine = await self._started()
            self.version = f"Chromium {self._engine.browser.version}"
            return self._engine

    async def _started(self) -> _Engine:
        failure = ""
        for _ in range(2):
            try:
                return await _Engine.start(self._config, self._proxy)
            except (PlaywrightError, OSError, _LateError) as e:
                failure = first_line(str(e))
        raise BrowserFailedError(f"the browser does not start: {failure}")

    async def close(self) -> None:
        """End the browser, its processes and its files."""
        async with self._starting:
            self._is_closed = True
            engine, self._engine = self._engine, None
            if engine is not None:
                await engine.retire()
        await self._proxy.close()
