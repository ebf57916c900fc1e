"""Keep what was seen: files into the vault, before the row that names them is written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scrapy.crawler import Crawler
from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.archive.captures import TOOL, capture_of, is_worth_keeping
from mirrorhunt.archive.vault import Vault
from mirrorhunt.crawling.addon import config_of
from mirrorhunt.errors import QuotaError, StoreError
from mirrorhunt.model import Availability, Visit
from mirrorhunt.store import captures
from mirrorhunt.store.session import engine_for, storing


@dataclass(frozen=True, slots=True)
class _Known:
    """What was stored of a network's hosts when the run began to look."""

    stands: Mapping[str, str]
    states: Mapping[str, Availability]


class ArchivePipeline:
    """Decide which looks are kept, and hand each on with its capture.

    The verdict comes after the look, so every live front page is kept for now; those of hosts that
    do not stand at the end of the run go then (`mirrorhunt.archive.keeping`). A full archive costs
    the capture, never the visit.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._config = config_of(crawler.settings)
        self._engine: Engine = engine_for(self._config.database_url)
        self._vault = Vault.of(self._config)
        self._known: _Known | None = None
        self._reading = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if not isinstance(item, Visit) or not self._config.archive_quota_mib:
            return item
        reason = _reason(item, await self._what_is_known())
        if not reason:
            return item
        try:
            capture = await asyncio.to_thread(
                capture_of,
                item,
                self._vault,
                reason=reason,
                tool=TOOL,
                user_agent=self._config.user_agent,
            )
        except StoreError as e:
            self._say_missed(e)
            return item
        self._count("captured")
        return replace(item, capture=capture)

    def close_spider(self) -> None:
        self._engine.dispose()

    async def _what_is_known(self) -> _Known:
        """Read once: a run looks at a front page once, and judges what it saw afterwards."""
        async with self._reading:
            if self._known is None:
                self._known = await asyncio.to_thread(self._read)
        return self._known

    def _read(self) -> _Known:
        hunting: targets.Hunting = self._crawler.spider.hunt.hunting  # type: ignore[union-attr]  # Scrapy knows no type of ours.
        with storing(), self._engine.begin() as connection:
            return _Known(
                captures.standings(connection, hunting.network_id),
                captures.states_in(connection, hunting.network_id),
            )

    def _say_missed(self, why: StoreError) -> None:
        self._count("full" if isinstance(why, QuotaError) else "failed")
        assert self._crawler.stats is not None
        self._crawler.stats.set_value("mirrorhunt/archive/why", str(why))

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"mirrorhunt/archive/{what}")


def _reason(visit: Visit, known: _Known) -> str:
    """Why *visit* is kept; empty if it is not."""
    if not is_worth_keeping(visit):
        return ""
    assert visit.ruling is not None
    is_front, has_picture = visit.path == "/", bool(visit.rendering and visit.rendering.screenshot)
    if not is_front and not has_picture:
        return ""
    if visit.host in known.stands:
        return known.stands[visit.host]
    state = visit.ruling.availability
    if is_front and known.states.get(visit.host, state) is not state:
        return "state"
    return captures.CANDIDATE if has_picture or state is Availability.LIVE else ""
