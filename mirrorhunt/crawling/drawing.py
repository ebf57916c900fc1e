"""Have pages drawn by a browser where the plain response does not say enough.

One browser a crawl, started when it is first needed. What is drawn is a look like any other: what
ends a page is the page's doing and noted; what ends the browser is ours, counted, and nothing is
stored for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mirrorhunt.availability import ruling
from mirrorhunt.errors import ConfigError, MirrorhuntError
from mirrorhunt.escalating import why_draw
from mirrorhunt.model import Availability, Hop, Visit
from mirrorhunt.names import host_of_url, registrable_domain
from mirrorhunt.rendering import Rendering
from mirrorhunt.retrying import headers

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from mirrorhunt.config import Config
    from mirrorhunt.net.resolver import Resolver

log = logging.getLogger(__name__)

MAX_HOPS = 10
FOR_PICTURES = 0.25
"""Share of the budget that no page with a reason of its own may spend: whoever names two hundred
hosts with empty pages must not leave what stands without a picture."""
PAGES_PER_DOMAIN = 8
"""Drawn for a reason of their own, of one registrable domain: names below it cost nothing."""
PREFIX = "mirrorhunt/browser"
"""Of the stats. Pages by what became of them: ``drawn``, of these ``changed`` and ``ended/WHY``;
``missing``, ``failed``, ``over_budget``, ``unwanted``; and ``pictures``."""
# What a drawn page may say although the plain one was live: scripts of parking services and of
# those who seized a name draw, too.
_SAID_BY_SCRIPTS = frozenset(
    {Availability.PARKED, Availability.FOR_SALE, Availability.SEIZED, Availability.CHALLENGE}
)


class Drawing(Protocol):
    """What is asked of a browser; `mirrorhunt.net.browser.Browser` is one."""

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
    ) -> Rendering: ...

    async def close(self) -> None: ...


Starting = Callable[["Config", "Resolver"], Awaitable[Drawing]]


async def start_browser(config: Config, resolver: Resolver) -> Drawing:
    """The browser that the settings name. Raises BrowserMissingError, ConfigError."""
    # Imported here: most commands never draw anything.
    try:
        from mirrorhunt.net.browser import Browser
    except ImportError as e:
        raise MirrorhuntError(
            f"no browser: {e}; `mirrorhunt doctor` says how to get one"
        ) from None

    return await Browser.start(config, resolver)


def _is_missing(why: MirrorhuntError) -> bool:
    """True if there is no browser on this machine; False if there is one and it fails."""
    try:
        from mirrorhunt.net.chromium import BrowserMissingError
    except ImportError:
        return True
    return isinstance(why, BrowserMissingError)


class Drawer:
    """The browser of one crawl, and what is left of its budget."""

    def __init__(
        self,
        config: Config,
        resolver: Resolver,
        stats: StatsCollector,
        starting: Starting = start_browser,
    ) -> None:
        self._config = config
        self._resolver = resolver
        self._stats = stats
        self._starting = starting
        self._left = config.browser_pages_per_hunt
        self._kept = int(config.browser_pages_per_hunt * FOR_PICTURES)
        self._of_domain: Counter[str] = Counter()
        self._turns = asyncio.Semaphore(config.browser_concurrency)
        self._start = asyncio.Lock()
        self._browser: Drawing | None = None
        self._is_out = not config.browser
        """No page is drawn any more: none is wanted, there is no browser, or it failed."""
        self._lacks = ""

    @property
    def left(self) -> int:
        """How many more pages may be drawn; 0 where nothing draws."""
        return 0 if self._is_out else self._left

    async def drawn(
        self, visit: Visit, *, with_picture: bool = False, referrer: str = ""
    ) -> Visit:
        """*visit*, as a browser saw it where the plain page does not say enough.

        Raises ConfigError where the settings name a browser that cannot be.
        """
        why = why_draw(visit)
        if not why:
            return visit
        assert visit.page is not None
        domain = registrable_domain(visit.host) or visit.host
        self._of_domain[domain] += 1
        is_over = self._left <= self._kept or self._of_domain[domain] > PAGES_PER_DOMAIN
        if is_over and self.left:
            self._stats.inc_value(f"{PREFIX}/over_budget")
            return visit
        rendering = await self.draw(
            visit.page.url,
            with_picture=with_picture,
            referrer=referrer,
            is_mobile=visit.profile == "mobile",
        )
        if rendering is None:
            return visit
        after = as_drawn(visit, rendering)
        if after.page is not visit.page:
            self._stats.inc_value(f"{PREFIX}/changed")
        log.info("%s was drawn as %s%s", visit.host, why, _told(rendering.ended))
        return after

    async def draw(
        self,
        url: str,
        *,
        with_picture: bool = False,
        referrer: str = "",
        is_mobile: bool = False,
        is_told: bool = False,
    ) -> Rendering | None:
        """*url* drawn; None where no browser is wanted, had or left, which is counted.

        *is_told*: the plain page said enough, so that nothing is waited for after it has loaded.
        """
        if not self._config.browser:
            self._stats.inc_value(f"{PREFIX}/unwanted")
            return None
        if not self._is_out and self._left <= 0:
            self._stats.inc_value(f"{PREFIX}/over_budget")
            return None
        self._left -= 1
        async with self._turns:
            browser = await self._started()
            if browser is None:
                self._stats.inc_value(f"{PREFIX}/{self._lacks or 'missing'}")
                return None
            try:
                agent = self._config.user_agent
                rendering = await browser.draw(
                    url,
                    with_picture=with_picture,
                    referrer=referrer,
                    user_agent=headers("mobile", "", agent)["User-Agent"] if is_mobile else "",
                    is_mobile=is_mobile,
                    is_told=is_told,
                )
            except MirrorhuntError as e:
                self._give_up("failed", e)
                self._stats.inc_value(f"{PREFIX}/failed")
                return None
        self._stats.inc_value(f"{PREFIX}/drawn")
        if rendering.ended:
            self._stats.inc_value(f"{PREFIX}/ended/{rendering.ended}")
        return rendering

    def note_picture(self) -> None:
        """Count a picture that is handed on to be stored."""
        self._stats.inc_value(f"{PREFIX}/pictures")

    async def close(self) -> None:
        """End the browser, if one was started."""
        browser, self._browser, self._is_out = self._browser, None, True
        if browser is not None:
            await browser.close()

    async def _started(self) -> Drawing | None:
        async with self._start:
            for is_last in (False, True):
                if self._browser is not None or self._is_out:
                    break
                try:
                    self._browser = await self._starting(self._config, self._resolver)
                except MirrorhuntError as e:
                    if isinstance(e, ConfigError) and self._is_named():
                        raise
                    # What fails on a busy machine mostly works a second time.
                    if is_last or _is_missing(e):
                        self._give_up("missing" if _is_missing(e) else "failed", e)
            return None if self._is_out else self._browser

    def _is_named(self) -> bool:
        """True if the operator named a browser, who then has to know that it cannot be used."""
        return bool(self._config.browser_url or self._config.browser_path)

    def _give_up(self, what: str, why: Exception) -> None:
        """Draw nothing more in this crawl."""
        if not self._is_out:
            log.warning("no page is drawn from here on: %s", why)
            self._stats.set_value(f"{PREFIX}/why_{what}", str(why)[:300])
            self._lacks = what
        self._is_out = True


def as_drawn(visit: Visit, rendering: Rendering) -> Visit:
    """*visit* with what a browser drew. Pure.

    The plain page is kept as the page where the browser brought nothing, or brought less: a target
    that shuts browsers out does not make itself unseen by it. What the host sent stays its word:
    the plain page is among those that speak for it, whatever the top frame went on to.
    """
    plain = visit.page
    assert plain is not None
    seen = replace(visit, rendering=rendering)
    if not rendering.dom.strip() or host_of_url(rendering.final_url) is None:
        return seen
    hops = _hops(plain.url, plain.status, rendering)
    after = replace(
        seen,
        page=rendering.page(),
        passed=(*visit.passed, plain),
        chain=(*visit.chain, *hops),
        # The browser connects for itself; where it ended on somebody else's host, this address
        # is not that host's.
        address=visit.address if not hops or _same_domain(visit, rendering) else None,
    )
    before, then = ruling(visit).availability, ruling(after).availability
    if before is Availability.LIVE and then is not Availability.LIVE:
        return after if then in _SAID_BY_SCRIPTS else seen
    return after


def _told(ended: str) -> str:
    return f"; what ended it: {ended}" if ended else ""


def _same_domain(visit: Visit, rendering: Rendering) -> bool:
    host = host_of_url(rendering.final_url) or ""
    return registrable_domain(host) == registrable_domain(visit.host)


def _hops(url: str, status: int, rendering: Rendering) -> list[Hop]:
    """The steps that the top frame took from *url* on."""
    stops = [url]
    for stop in (*rendering.passed, rendering.final_url):
        if _plain(stop) != _plain(stops[-1]) and host_of_url(stop) is not None:
            stops.append(stop)
    stops = stops[: MAX_HOPS + 1] if len(stops) <= MAX_HOPS + 1 else [*stops[:MAX_HOPS], stops[-1]]
    statuses = [status] + [200] * len(stops)
    return [
        Hop(a, code, b, "browser") for a, b, code in zip(stops, stops[1:], statuses, strict=False)
    ]


def _plain(url: str) -> str:
    before = url.partition("#")[0]
    return before + "/" if before.count("/") == 2 else before
