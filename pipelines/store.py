"""Write what the spiders yield to the database; the crawl ends if that fails."""

import asyncio
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.crawling.addon import config_of
from mirrorhunt.errors import StoreError
from mirrorhunt.model import Candidate, Visit
from mirrorhunt.store import visits
from mirrorhunt.store.session import engine_for, storing

BATCH_ITEMS = 200
GATHERING_S = 0.1
"""A transaction costs more than the rows of one visit (2026-11); a look at a host takes longer."""


class StorePipeline:
    """One writer in one thread; an item is done only after its batch has committed.

    A batch fills for `GATHERING_S`, and while the one before is being written. A batch is one
    transaction, so an item is stored whole or not at all.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._config = config_of(crawler.settings)
        self._engine: Engine = engine_for(self._config.database_url)
        self._waiting: list[tuple[Visit | Candidate, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "StorePipeline":
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        assert isinstance(item, Visit | Candidate)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, stored))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await stored
        return item

    async def close_spider(self) -> None:
        if self._writer is not None:
            await self._writer
        self._engine.dispose()

    async def _write(self) -> None:
        while self._waiting:
            if len(self._waiting) < BATCH_ITEMS:
                await asyncio.sleep(GATHERING_S)
            batch, self._waiting = self._waiting[:BATCH_ITEMS], self._waiting[BATCH_ITEMS:]
            try:
                await asyncio.to_thread(self._store, [item for item, _ in batch])
            except Exception as e:
                # Whatever it is: what cannot be stored ends the run.
                why = e if isinstance(e, StoreError) else StoreError(f"cannot be stored: {e!r}")
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(why)
            else:
                for _, stored in batch:
                    # Whoever waited for it may have been cancelled meanwhile.
                    if not stored.done():
                        stored.set_result(None)

    def _store(self, items: Sequence[Visit | Candidate]) -> None:
        hunting: targets.Hunting = self._crawler.spider.hunt.hunting  # type: ignore[union-attr]  # Scrapy knows no type of ours.
        seen = [item for item in items if isinstance(item, Visit)]
        proposed = [item for item in items if isinstance(item, Candidate)]
        if seen:
            with storing(), self._engine.begin() as connection:
                visits.record(connection, hunting.run.id, seen)
        if proposed:
            targets.propose(self._engine, hunting, proposed, self._config.now())
