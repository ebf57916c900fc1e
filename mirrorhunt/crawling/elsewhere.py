"""Look from the operator's other vantages, at what stands and at what is shut here.

What is seen from there is stored under that vantage's name; the state of a host stays its home's
to say (`mirrorhunt.settling`). A vantage that fails is left out for the rest of the run and named
in the summary: it is ours, and says nothing about anybody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mirrorhunt import targets, vantages
from mirrorhunt.availability import ruling
from mirrorhunt.crawling.handler import GuardedDownloadHandler
from mirrorhunt.crawling.looking import Looker
from mirrorhunt.crawling.visiting import Visitor
from mirrorhunt.errors import NoNetworkError
from mirrorhunt.flags import CLOAKED
from mirrorhunt.indicators import kinds
from mirrorhunt.indicators.page_shape import similarity
from mirrorhunt.model import Availability, FailureKind, Observation, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from sqlalchemy import Engine

    from mirrorhunt.config import Config
    from mirrorhunt.crawling.technique import Technique
    from mirrorhunt.targets import Hunting

log = logging.getLogger(__name__)

MAX_FAILURES = 5
"""Looks in a row that a vantage's own proxy spoiled, before it is left out."""
LEAST_LIKENESS = 0.3
"""Of two shapes of one host's front page on one day; below it shows two faces
(docs/attribution.md §6)."""
_ONE_DAY = timedelta(days=1)


class Elsewhere:
    """The other vantages of a run."""

    def __init__(
        self,
        crawler: Crawler,
        config: Config,
        techniques: Sequence[type[Technique]],
        *,
        spider: str,
        network: str,
    ) -> None:
        self._crawler = crawler
        self._config = config
        self._techniques = techniques
        self._spider = spider
        self._network = network
        self._left_out: dict[str, str] = {}

    async def visits(
        self, engine: Engine, hunting: Hunting, note: Callable[[str], None]
    ) -> AsyncIterator[Visit]:
        """Visits from each vantage in turn; *note* is told of each host."""
        for name in self._config.look_from:
            if name == self._config.vantage or name in self._left_out:
                continue
            todo = await asyncio.to_thread(
                targets.elsewhere, engine, hunting, name, self._config.hosts_per_hunt
            )
            if not todo:
                continue
            prints = await asyncio.to_thread(
                targets.shapes, engine, [t.host for t in todo], self._config.now() - _ONE_DAY
            )
            failures = 0
            try:
                looker = self._looker(name)
                async for visit in looker.look_at(todo, lambda target: note(target.host)):
                    own = visit.failure is not None and visit.failure.kind is FailureKind.OWN
                    failures = failures + 1 if own else 0
                    if failures >= MAX_FAILURES:
                        assert visit.failure is not None
                        self._leave_out(name, visit.failure.detail)
                        break
                    if not own:
                        yield _compared(visit, prints.get(visit.host, ()))
            except NoNetworkError:
                self._leave_out(name, "its nameservers stopped answering")

    def _looker(self, name: str) -> Looker:
        vantage = vantages.find(self._config.vantages, name)
        resolver = GuardedDownloadHandler.from_crawler(self._crawler).resolver_at(name)
        assert self._crawler.stats is not None
        return Looker(
            Visitor(self._crawler, self._config, resolver, vantage),
            resolver,
            self._techniques,
            self._crawler.stats,
            spider=self._spider,
            network=self._network,
            workers=self._config.concurrency,
        )

    def _leave_out(self, name: str, why: str) -> None:
        self._left_out[name] = why
        log.warning("vantage %s is left out for the rest of this run: %s", name, why)
        assert self._crawler.stats is not None
        self._crawler.stats.set_value(f"mirrorhunt/vantage_failed/{name}", why[:300])


def _compared(visit: Visit, shapes: Sequence[str]) -> Visit:
    """*visit*, with a word on it where the host shows another face here than elsewhere.

    A live page of quite another build on the same day. It says nothing about whose the host is.
    """
    if not shapes or not visit.is_own_page or ruling(visit).availability is not Availability.LIVE:
        return visit
    here = [o.value for o in kinds["page_shape"].read(visit)]
    if not here or max(similarity(a, b) for a in here for b in shapes) >= LEAST_LIKENESS:
        return visit
    return replace(visit, observations=(Observation(CLOAKED, visit.vantage),))
