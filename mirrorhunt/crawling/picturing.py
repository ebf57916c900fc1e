"""Take the pictures: of seeds and of what stands, once a week and when a state has changed.

At the end of a run, when it is known what stands. The browser's budget is what the pages before
have left of it; seeds come first, as every other picture is held against theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mirrorhunt.crawling.drawing import as_drawn
from mirrorhunt.crawling.visiting import is_doubtful
from mirrorhunt.escalating import why_draw
from mirrorhunt.store import pictures
from mirrorhunt.store.session import storing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mirrorhunt.config import Config
    from mirrorhunt.crawling.drawing import Drawer
    from mirrorhunt.crawling.visiting import Visitor
    from mirrorhunt.model import Visit
    from mirrorhunt.protecting import Keep
    from mirrorhunt.targets import Hunting

FRESH_FOR = timedelta(days=7)


class Picturing:
    """Draws what stands, through one crawl's visitor and browser."""

    def __init__(
        self, visitor: Visitor, drawer: Drawer, config: Config, keep: Keep, spider: str
    ) -> None:
        self._visitor = visitor
        self._drawer = drawer
        self._config = config
        self._keep = keep
        self._spider = spider

    async def visits(
        self, engine: Engine, hunting: Hunting, note: Callable[[str], None]
    ) -> AsyncIterator[Visit]:
        """A visit with its picture for each host whose turn it is; *note* is told of each."""
        todo = await asyncio.to_thread(self._wanted, engine, hunting)
        if not todo:
            return
        # A few at a time, as what was drawn is large and has to be stored before more is; twice
        # as many as are drawn, so that the browser waits for nobody's front page.
        most = max(1, self._config.browser_concurrency) * 2
        under_way: set[asyncio.Task[tuple[str, Visit | None]]] = set()
        try:
            while todo or under_way:
                while todo and len(under_way) < most:
                    looking = self._pictured(todo.pop(0), hunting.network)
                    under_way.add(asyncio.create_task(looking))
                done, under_way = await asyncio.wait(
                    under_way, return_when=asyncio.FIRST_COMPLETED
                )
                for host, visit in sorted((task.result() for task in done), key=lambda d: d[0]):
                    note(host)
                    if visit is not None:
                        yield visit
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _wanted(self, engine: Engine, hunting: Hunting) -> list[str]:
        if self._drawer.left <= 0:
            return []
        since = self._config.now() - FRESH_FOR
        with storing(), engine.begin() as connection:
            found = pictures.wanted(connection, hunting.network_id, self._config.vantage, since)
        return [host for host in found if not self._keep.is_out(host)][: self._drawer.left]

    async def _pictured(self, host: str, network: str) -> tuple[str, Visit | None]:
        """*host*, and its front page with its picture; None where there is none to be had.

        The page stays what was sent, unless that did not say enough: prints of one page, sent and
        drawn, differ, and a host is compared by one of them.
        """
        visit = await self._visitor.front(host, network, self._spider, lambda _: False)
        if visit.page is None or is_doubtful(visit):
            return host, None
        is_drawn = bool(why_draw(visit))
        rendering = await self._drawer.draw(
            visit.page.url, with_picture=True, is_told=not is_drawn
        )
        if rendering is None or not rendering.screenshot:
            return host, None
        self._drawer.note_picture()
        seen = as_drawn(visit, rendering) if is_drawn else replace(visit, rendering=rendering)
        return host, replace(seen, path=pictures.PATH, inner_paths=())
